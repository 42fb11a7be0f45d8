// Reading files back: in order, whole records only, and on across rotations.

import { appendFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { csvFormat, lineFormat } from '../../src/carrier/record-format.ts'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import { readSeries } from '../../src/store/read-series.ts'
import type { ReadOptions } from '../../src/store/store.ts'
import type { Reject } from '../../src/stream/reject.ts'
import type { Decoder } from '../../src/stream/step.ts'
import { openLines, records } from '../support/line-store.ts'

/** A packet for each line, with the line as its value. */
function lineDecoder(): Decoder {
  let rest = ''
  return {
    push(bytes) {
      const lines = (rest + Buffer.from(bytes).toString()).split('\n')
      rest = lines.pop() ?? ''
      return lines.map(line => packet({ name: line.slice(0, 1), value: line }))
    },
  }
}

function read(pattern: string, options: Partial<ReadOptions> = {}) {
  const rejects: Reject[] = []
  const stop = new AbortController()
  const source = readSeries({
    pattern,
    format: lineFormat,
    decoder: lineDecoder,
    stop: stop.signal,
    reject: reject => rejects.push(reject),
    ...options,
  })
  return { source, rejects, stop }
}

async function all(source: AsyncIterable<Batch>): Promise<unknown[]> {
  const packets: Packet[] = []
  for await (const batch of source) packets.push(...batch)
  return packets.map(({ meta }) => meta['value'])
}

t.test('the files of a series are read in order', async t => {
  const folder = t.testdir({
    'log.x': 'e\n',
    'log.2026-11-21T120000.000Z.x': 'a\nb\n',
    'log.2026-11-21T130000.000Z.x': 'c\nd\n',
  })
  t.same(await all(read(`${folder}/log.x`).source), ['a', 'b', 'c', 'd', 'e'])
})

t.test('only what was asked for is read', async t => {
  const folder = t.testdir({ 'log.x': 'a1\nb1\na2\n' })
  t.same(await all(read(`${folder}/log.x`, { names: ['a'] }).source), ['a1', 'a2'])
})

t.test('what was cut short is named with its offset, not taken for a record', async t => {
  const folder = t.testdir({ 'log.x': 'a\nb\nto' })
  const { source, rejects } = read(`${folder}/log.x`)
  t.same(await all(source), ['a', 'b'])
  t.match(rejects, [{ reason: 'cut short', place: { source: `${folder}/log.x`, offset: 4 } }])
  t.same(rejects[0]?.bytes, Buffer.from('to'))
})

t.test('a record longer than a read is whole, also where newlines are in quotes', async t => {
  const long = 'x'.repeat(700_000)
  const folder = t.testdir({ 'log.x': `${long}\nb\n`, 'log.csv': `"${long}\n${long}",1\nto"` })
  t.same(await all(read(`${folder}/log.x`).source), [long, 'b'])
  const stop = new AbortController().signal
  const rejects: Reject[] = []
  let bytes = 0
  const counting: Decoder = {
    push(piece) {
      bytes += piece.length
      return []
    },
  }
  const reject = (reject: Reject) => rejects.push(reject)
  const options = { pattern: `${folder}/log.csv`, format: csvFormat, decoder: () => counting, stop, reject }
  for await (const _ of readSeries(options));
  t.equal(bytes, 1_400_006)
  t.match(rejects, [{ place: { offset: 1_400_006 } }])
})

t.test('no file is an error, unless one is waited for', async t => {
  const folder = t.testdir()
  await t.rejects(all(read(`${folder}/log.x`).source), /log\.x: no such file or directory/)
  const { source, stop } = read(`${folder}/log.x`, { follow: true })
  const seen: unknown[] = []
  setImmediate(() => writeFileSync(`${folder}/log.x`, 'a\n'))
  for await (const batch of source) {
    seen.push(...batch.map(({ meta }) => meta['value']))
    stop.abort()
  }
  t.same(seen, ['a'])
})

t.test('a follower goes on with what is appended and across a rotation', async t => {
  const folder = t.testdir({ 'log.x': 'a\n' })
  const { source, stop } = read(`${folder}/log.x`, { follow: true })
  const steps = [
    () => appendFileSync(`${folder}/log.x`, 'b\nc'),
    () => appendFileSync(`${folder}/log.x`, '2\n'),
    () => {
      appendFileSync(`${folder}/log.x`, 'd\n')
      renameSync(`${folder}/log.x`, `${folder}/log.2026-11-21T120000.000Z.x`)
      writeFileSync(`${folder}/log.x`, 'e\n')
    },
    () => {},
    () => appendFileSync(`${folder}/log.x`, 'f\n'),
    () => stop.abort(),
  ]
  const seen: unknown[] = []
  for await (const batch of source) {
    if (batch.length === 0) continue
    seen.push(...batch.map(({ meta }) => meta['value']))
    setImmediate(() => steps.shift()?.())
  }
  t.same(seen, ['a', 'b', 'c2', 'd', 'e', 'f'])
})

t.test('a follower loses nothing while a store rotates under it', async t => {
  const folder = t.testdir()
  const { store } = openLines(`${folder}/log.x`, { rotation: { size: 200 }, now: Date.now })
  const { source, stop } = read(`${folder}/log.x`, { follow: true })
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const batch of source) {
      seen.push(...batch.map(({ meta }) => meta['value']))
      if (seen.length >= 600) stop.abort()
    }
  })()
  for (let n = 0; n < 60; n++) {
    store.write(records(n * 10, n * 10 + 10))
    await new Promise(resolve => setImmediate(resolve))
  }
  await reading
  await store.close()
  const expected = records(0, 600).map(({ meta }) => JSON.stringify(meta))
  t.same(seen, expected)
  t.ok(readdirSync(folder).length > 10)
})
