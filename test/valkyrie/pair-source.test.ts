import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Packet, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import { pairSink } from '../../src/valkyrie/pair-sink.ts'
import { pairSource } from '../../src/valkyrie/pair-source.ts'
import { parsePattern } from '../../src/valkyrie/pattern.ts'
import { collect, surroundings } from '../support/carrier.ts'

const known = (packets: readonly Packet[]) => packets.map(({ meta, data }) => [meta, Buffer.from(data).toString()])

function reading(text: string, { follow = false, maxPacket = 2 ** 30 } = {}) {
  const around = surroundings()
  const { context, rejects } = around
  const reject = (rejected: (typeof rejects)[number]) => void rejects.push(rejected)
  return { ...around, source: pairSource(parsePattern(text), { context, reject, maxPacket, follow }) }
}

function writing(text: string) {
  return pairSink(parsePattern(text), {
    count: new StageCount(),
    reject: () => {},
  })
}

t.test('pairs come back as they were written, in order, more than a batch', async t => {
  const pattern = join(t.testdir({}), 'f_%d')
  const packets = Array.from({ length: 150 }, (_, n) => packet({ n }, Buffer.from(`data ${n}`)))
  writing(pattern).write([...packets, packet({})])
  const { source, ledger } = reading(pattern)
  const batches: number[] = []
  const seen: Packet[] = []
  for await (const batch of source) {
    batches.push(batch.length)
    seen.push(...batch)
  }
  t.same(known(seen), [...known(packets), [{}, '']])
  t.ok(batches.length > 1)
  t.same([ledger.stage('input').in, ledger.lost], [151, 0])
})

t.test('the lowest number is the first, and one that is missing is counted', async t => {
  const folder = t.testdir({})
  writing(join(folder, 'f_%03d')).write(Array.from({ length: 6 }, (_, n) => packet({ n })))
  for (const gone of ['f_000', 'f_003', 'f_004']) rmSync(join(folder, `${gone}.json`))
  writeFileSync(join(folder, 'f_1.json'), '{"not":"ours"}')
  const { source, ledger, warnings } = reading(join(folder, 'f_%03d'))
  t.same(
    (await collect(source)).map(({ meta }) => meta['n']),
    [1, 2, 5],
  )
  t.same(ledger.stage('input').report().dropped, { missing: 2 })
  t.match(warnings, [/f_005: 2 pairs before it missing/])
})

t.test('a pair that cannot be read is named, and the others come', async t => {
  const folder = t.testdir({
    'f_0.json': '[1]',
    'f_0.data': '',
    'f_1.json': '{"half":',
    'f_1.data': '',
    'f_2.json': '{"alone":1}',
    'f_3.json': '{}',
    'f_3.data': 'x'.repeat(100),
    'f_4.json': '',
    'f_4.data': 'good',
    'f_5.json': `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`,
    'f_5.data': '',
  })
  const { source, rejects } = reading(join(folder, 'f_%d'), { maxPacket: 50 })
  t.same(known(await collect(source)), [[{}, 'good']])
  t.match(
    rejects.map(({ place, reason }) => [place.source.slice(-8), reason]),
    [
      ['f_0.json', 'not an object'],
      ['f_1.json', 'invalid JSON'],
      ['f_2.json', 'half a packet'],
      ['f_3.json', 'too long'],
      ['f_5.json', 'too long'],
    ],
  )
  const deep = reading(join(folder, 'f_%d'))
  await collect(deep.source)
  t.match(deep.rejects.at(-1), { reason: 'invalid JSON', detail: /nested deeper/ })
})

t.test('where a reject throws, the pairs before it come first', async t => {
  const folder = t.testdir({ 'f_0.json': '{"n":0}', 'f_0.data': '', 'f_1.json': '[]', 'f_1.data': '' })
  const { context } = surroundings()
  const reject = () => {
    throw new Error('strict')
  }
  const source = pairSource(parsePattern(join(folder, 'f_%d')), { context, reject, maxPacket: 100, follow: false })
  const seen: unknown[] = []
  await t.rejects(
    collect(source, ({ meta }) => seen.push(meta['n'])),
    /strict/,
  )
  t.same(seen, [0])
})

t.test('a folder is followed: pairs come as they are written, until stopped', async t => {
  const folder = t.testdir({})
  const pattern = join(folder, 'later', 'f_%06d')
  const { source, stop, warnings, ledger } = reading(pattern, { follow: true })
  const seen = collect(source, ({ meta }) => {
    if (meta['n'] === 4) stop.abort()
  })
  const early = join(folder, 'early')
  t.testdir({ early: {} })
  const sink = writing(join(early, 'f_%06d'))
  sink.write([packet({ n: 0 }), packet({ n: 1 })])
  renameSync(early, join(folder, 'later'))
  const rest = writing(join(folder, 'later', 'g_%06d'))
  rest.write([packet({ n: 'other' })])
  for (const n of [2, 4]) {
    writeFileSync(join(folder, 'later', `f_00000${n}.data`), '')
    writeFileSync(join(folder, 'later', `f_00000${n}.json`), JSON.stringify({ n }))
  }
  t.same(
    (await seen).map(({ meta }) => meta['n']),
    [0, 1, 2, 4],
  )
  t.match(warnings, [/later\/: no such folder yet/, /1 pair before it missing/])
  t.same(ledger.stage('input').report().dropped, { missing: 1 })
})

t.test('where there are no pairs, that is told', async t => {
  const { source, warnings } = reading(join(t.testdir({ 'g_0.json': '{}' }), 'f_%d'))
  t.same(await collect(source), [])
  t.match(warnings, [/f_%d: no such files/])
})

t.test('a folder that is not there is an error, unless it is waited for', async t => {
  await t.rejects(collect(reading(join(t.testdir({}), 'none/f_%d')).source), /no such file or directory/)
})
