// The four patterns, both sides ours: who listens, who comes first, topics, layouts, what is refused.

import t from 'tap'
import { CarrierError, UsageError } from '../../../src/errors.ts'
import { packet } from '../../../src/packet.ts'
import { collect, numbered, seqs, surroundings, until } from '../../support/carrier.ts'
import { placeOf, TRANSPORTS, take } from '../../support/zmq.ts'

const PATTERNS = [
  { out: 'zmq+pub', in: 'zmq+sub' },
  { out: 'zmq+push', in: 'zmq+pull' },
] as const

for (const transport of TRANSPORTS) {
  for (const pattern of PATTERNS) {
    for (const listens of ['writer', 'reader'] as const) {
      t.test(`${pattern.out} to ${pattern.in} over ${transport}, the ${listens} listens`, async t => {
        const { ours } = await placeOf(t, transport)
        const [writing, reading] = [surroundings(), surroundings()]
        const [out, into] = listens === 'writer' ? ['?listen&', '?'] : ['?', '?listen&']
        const sink = await writing.sink(`${pattern.out}:${ours}${out}peers=1`)
        const reader = collect(reading.source(`${pattern.in}:${ours}${into}`), ({ meta }) => {
          if (meta['seq'] === 1000) reading.stop.abort()
        })
        for (let from = 1; from <= 1000; from += 100) await sink.write(numbered(100, from))
        const packets = await reader
        await sink.close()
        t.same(
          seqs(packets),
          numbered(1000).map(({ meta }) => meta['seq']),
        )
        t.match(writing.ledger.report(), { output: { in: 1000, out: 1000, dropped: {} } })
        t.match(reading.ledger.report(), { input: { in: 1000 } })
      })
    }
  }
}

t.test('data of any size arrives as it was', async t => {
  const { ours } = await placeOf(t, 'tcp')
  const [writing, reading] = [surroundings(), surroundings()]
  const sizes = [0, 1, 255, 256, 65535, 65536, 65537, 2 ** 20, 64 * 2 ** 20]
  const data = sizes.map(size => Buffer.alloc(size, `${size}-`))
  const sink = await writing.sink(`zmq+push:${ours}?listen`)
  const reader = take(reading.source(`zmq+pull:${ours}`), sizes.length)
  for (const [index, bytes] of data.entries()) await sink.write([packet({ index }, bytes)])
  const packets = await reader
  await sink.close()
  t.same(
    packets.map(({ meta }) => meta),
    sizes.map((_, index) => ({ index })),
  )
  t.ok(packets.every((item, index) => data[index]?.equals(item.data)))
})

t.test('a topic is a part of its own, and readers get what they asked for', async t => {
  const { ours } = await placeOf(t, 'ipc')
  const [writing, reading] = [surroundings(), surroundings()]
  const sink = await writing.sink(`zmq+pub:${ours}?listen&peers=1&parts=topic,meta,data`)
  const reader = take(reading.source(`zmq+sub:${ours}?topic=a,bc`), 4)
  const topics = ['a', 'b', 'bc', 'c', 'ab', '', 'bcd']
  await sink.write(topics.map(topic => packet({ topic }, Buffer.from(topic))))
  t.same(
    (await reader).map(({ meta }) => meta['topic']),
    ['a', 'bc', 'ab', 'bcd'],
  )
  await sink.close()
})

t.test('two endpoints of one stage each count their peers', async t => {
  const [first, second] = [await placeOf(t, 'ipc'), await placeOf(t, 'ipc')]
  const [writing, reading] = [surroundings(), surroundings()]
  const sinks = await Promise.all([first, second].map(({ ours }) => writing.sink(`zmq+pub:${ours}?listen&peers=1`)))
  const readers = [first, second].map(({ ours }) => take(reading.source(`zmq+sub:${ours}`), 4))
  for (const sink of sinks) await sink.write(numbered(4))
  await Promise.all(readers)
  const names = (...schemes: string[]) =>
    [first, second].map(({ ours }, at) => `${schemes[0]}:${ours}${schemes[at + 1]}`)
  t.same(Object.keys(writing.ledger.report()['output']?.peers ?? {}), names('zmq+pub', '#1', '#1'))
  t.same(Object.keys(reading.ledger.report()['input']?.peers ?? {}).sort(), names('zmq+sub', '', '').sort())
  for (const sink of sinks) await sink.close()
})

t.test('what nobody reads is dropped and counted', async t => {
  const { ours } = await placeOf(t, 'ipc')
  const writing = surroundings({ policy: 'latest' })
  const sink = await writing.sink(`zmq+pub:${ours}?listen`)
  t.equal(sink.write(numbered(10)), undefined)
  await sink.close()
  t.match(writing.ledger.report(), { output: { in: 10, out: 0, dropped: { 'no reader': 10 } } })
})

t.test('with block, a pusher waits for a puller; stopped, not for ever', async t => {
  const { ours } = await placeOf(t, 'ipc')
  const writing = surroundings()
  const sink = await writing.sink(`zmq+push:${ours}?listen`)
  const written = sink.write(numbered(10))
  t.type(written, Promise)
  writing.stop.abort()
  await written
  await sink.close()
  t.match(writing.ledger.report(), { output: { in: 10, out: 0, dropped: { 'no reader': 10 } } })
})

t.test('messages of another number of parts are rejected, the rest goes on', async t => {
  const { ours } = await placeOf(t, 'ipc')
  const [writing, reading] = [surroundings(), surroundings()]
  const sink = await writing.sink(`zmq+pub:${ours}?listen&peers=1&parts=topic,meta,data`)
  const source = reading.source(`zmq+sub:${ours}`)
  const ended = collect(source)
  await sink.write(numbered(3))
  await until(() => reading.rejects.length === 3)
  reading.stop.abort()
  t.same(await ended, [])
  await sink.close()
  t.match(reading.rejects[0], { reason: 'wrong number of parts', detail: /3 parts, expected 2/ })
})

t.test('many readers at once', async t => {
  const { ours } = await placeOf(t, 'tcp')
  const [writing, reading] = [surroundings(), surroundings()]
  const sink = await writing.sink(`zmq+pub:${ours}?listen&peers=50`)
  const readers = Array.from({ length: 50 }, () => take(reading.source(`zmq+sub:${ours}`), 100))
  await sink.write(numbered(100))
  for (const packets of await Promise.all(readers)) t.equal(packets.length, 100)
  await sink.close()
})

t.test('endpoints that are wrong in themselves are refused before anything is opened', async t => {
  const place = surroundings()
  for (const endpoint of [
    'zmq+pub:',
    'zmq+pub://host',
    'zmq+pub://*:5555',
    'zmq+pub://127.0.0.1:5555?parts=meta,meta',
    'zmq+pub://127.0.0.1:5555?parts=meta&topic=t',
    'zmq+pub://127.0.0.1:5555?heartbeat=0',
    'zmq+pub://127.0.0.1:5555?curve-key=f',
    'zmq+pub://127.0.0.1:5555?plain=f&curve-key=f&curve-allow=any',
    'zmq+pub://0.0.0.0:0?listen',
    `zmq+pub:/${'x'.repeat(200)}`,
  ]) {
    await t.rejects(place.sink(endpoint), UsageError, endpoint)
  }
  await t.rejects(place.sink('zmq+pub://0.0.0.0:0?listen'), { message: /secure it with curve-key and curve-allow/ })
  t.throws(() => place.source('zmq+pub://127.0.0.1:5555'), { message: /is no input/ })
  await t.rejects(place.sink('zmq+sub://127.0.0.1:5555'), { message: /is no output/ })
  t.rejects(take(place.source('zmq+sub://127.0.0.1:5555?wait=10ms'), 1), CarrierError)
})
