// The behaviour of the first Valkyrie that programs rely on, and where it is better kept than it was.

import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Parts } from '../../src/codec/parts.ts'
import { openSink, openSource } from '../../src/library.ts'
import { NO_DATA, type Packet, packet } from '../../src/packet.ts'
import type { ValkyrieConfig } from '../../src/valkyrie/config-keys.ts'
import { newReaderInterface, type Reader } from '../../src/valkyrie/reader.ts'
import { newWriterInterface, type Writer } from '../../src/valkyrie/writer.ts'
import { socketPath } from '../support/carrier.ts'
import { freePort } from '../support/port.ts'

t.setTimeout(60_000)

interface Pair {
  writer(more?: Partial<ValkyrieConfig>): Writer
  reader(more?: Partial<ValkyrieConfig>): Reader
}

/** Both ends of a class over one endpoint; what is opened is closed with the test. */
function pair(t: Test, class_name: string, endpoint: string): Pair {
  const opened: (Writer | Reader)[] = []
  t.teardown(() => Promise.allSettled(opened.map(end => end.close())))
  const keep = <End extends Writer | Reader>(end: End): End => {
    opened.push(end)
    return end
  }
  return {
    writer: more => keep(newWriterInterface({ class_name, endpoint, ...more })),
    reader: more => keep(newReaderInterface({ class_name, endpoint, recv_timeout_milliseconds: 10_000, ...more })),
  }
}

const overIpc = (t: Test) => `ipc://${socketPath(t)}`

async function readSome(reader: Reader, count: number): Promise<Packet[]> {
  const packets: Packet[] = []
  for (let n = 0; n < count; n++) {
    const packet = await reader.read()
    if (!packet) throw new Error(`only ${n} of ${count} came`)
    packets.push(packet)
  }
  return packets
}

const hex = ({ data }: Packet) => Buffer.from(data).toString('hex')

t.test('1: ten packets are read as they were written, over tcp and ipc, in each class', async t => {
  for (const class_name of ['zmq_pubsub', 'dls::valkyrie::zmq_pushpull', 'dls_::valkyrie::zmq_pullpush']) {
    for (const endpoint of [overIpc(t), `tcp://127.0.0.1:${await freePort()}`]) {
      const { writer, reader } = pair(t, class_name, endpoint)
      const reading = reader()
      await reading.activate()
      const writing = writer({ wait_peers: 1, policy: 'block' })
      await writing.activate()
      for (let i = 0; i < 10; i++) {
        writing.write({ message_sequence_number: i, some: 'thing' }, Uint32Array.of(1, 2, 3))
      }
      const packets = await readSome(reading, 10)
      t.same(
        packets.map(({ meta }) => meta),
        packets.map((_, i) => ({ message_sequence_number: i, some: 'thing' })),
      )
      t.same(new Set(packets.map(hex)), new Set(['010000000200000003000000']))
      await writing.close()
      t.match(writing.counts(), { written: 10, sent: 10, dropped: {}, pending: 0 })
    }
  }
})

t.test('2: of a hundred large packets written before the reader reads some come, the last among them', async t => {
  const { writer, reader } = pair(t, 'zmq_pubsub', overIpc(t))
  const reading = reader()
  const writing = writer({ wait_peers: 1 })
  writing.write({ hello: true })
  await readSome(reading, 1)
  const data = new Uint8Array(10_000_000)
  for (let i = 1; i <= 100; i++) {
    writing.write({ i }, data)
    await new Promise(resolve => setImmediate(resolve))
  }
  const seen: unknown[] = []
  while (seen.at(-1) !== 100) {
    const [packet] = await readSome(reading, 1)
    t.equal(packet?.data.length, 10_000_000)
    seen.push(packet?.meta['i'])
  }
  t.ok(seen.length > 0 && seen.length < 100, `${seen.length} came`)
  t.same(
    seen,
    [...seen].sort((a, b) => Number(a) - Number(b)),
  )
  await writing.close()
  const { written, sent, dropped, readers } = writing.counts()
  t.match(Object.values(readers), [{ sent, dropped, pending: 0 }])
  t.same([written, sent], [101, seen.length + 1])
  t.equal(dropped['superseded'], 101 - sent)
})

t.test('3: no meta and no data are a packet', async t => {
  const { writer, reader } = pair(t, 'zmq_pushpull', overIpc(t))
  const writing = writer({ policy: 'block' })
  writing.write({}, null)
  writing.write({}, new Uint8Array(0))
  writing.write({ a: 1 })
  const packets = await readSome(reader(), 3)
  t.same(
    packets.map(({ meta, data }) => [meta, data.length]),
    [
      [{}, 0],
      [{}, 0],
      [{ a: 1 }, 0],
    ],
  )
})

t.test('4: twenty writers of one packet each are twenty packets for the one who gathers', async t => {
  const { writer, reader } = pair(t, 'zmq_pullpush', `tcp://127.0.0.1:${await freePort()}`)
  const reading = reader()
  await reading.activate()
  const writers = Array.from({ length: 20 }, () => writer({ wait_peers: 1 }))
  for (const [n, writing] of writers.entries()) writing.write({ n })
  const packets = await readSome(reading, 20)
  t.same(
    packets.map(({ meta }) => Number(meta['n'])).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, n) => n),
  )
  t.equal(await reading.read({ timeout: 50 }), undefined)
})

t.test('5: without a writer a read ends when its time is over, with nothing', async t => {
  const { reader } = pair(t, 'zmq_pubsub', `tcp://127.0.0.1:${await freePort()}`)
  const reading = reader({ recv_timeout_milliseconds: '100' })
  await reading.activate()
  const begun = performance.now()
  t.equal(await reading.read(), undefined)
  const took = performance.now() - begun
  t.ok(took >= 100 && took < 1000, `${took} ms`)
  t.equal(reading.ended, false)
})

t.test('6: a reader waits for its writer; a writer without readers waits for nobody', async t => {
  const { writer, reader } = pair(t, 'zmq_pubsub', `tcp://127.0.0.1:${await freePort()}`)
  const lonely = writer()
  await lonely.activate()
  const begun = performance.now()
  for (let n = 0; n < 10_000; n++) lonely.write({ n }, new Uint8Array(100))
  await lonely.close()
  t.ok(performance.now() - begun < 2000)
  t.same(lonely.counts(), { written: 10_000, sent: 0, dropped: { 'no reader': 10_000 }, pending: 0, readers: {} })
  const reading = reader()
  const early = reading.read()
  const writing = writer({ wait_peers: 1 })
  writing.write({ at: 'last' })
  t.same((await early)?.meta, { at: 'last' })
})

t.test('7: two pullers share ten packets, five each', async t => {
  const { writer, reader } = pair(t, 'zmq_pushpull', overIpc(t))
  const readers = [reader(), reader()]
  for (const reading of readers) await reading.activate()
  const writing = writer({ wait_peers: 2, policy: 'block' })
  for (let n = 0; n < 10; n++) writing.write({ n })
  const shares = await Promise.all(readers.map(reading => readSome(reading, 5)))
  const numbers = shares.flat().map(({ meta }) => Number(meta['n']))
  t.same(
    numbers.sort((a, b) => a - b),
    Array.from({ length: 10 }, (_, n) => n),
  )
})

t.test('8: files are numbered by the pattern', async t => {
  const folder = t.testdir({})
  const writing = newWriterInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%03d') })
  await writing.activate()
  writing.write({ n: 0 }, Uint8Array.of(1))
  writing.write({ n: 1 })
  await writing.close()
  t.same(readdirSync(folder).sort(), ['f_000.data', 'f_000.json', 'f_001.data', 'f_001.json'])
})

t.test('9: an unknown class is refused by the constructor', async t => {
  const config = { class_name: 'zmq_pubsubsub', endpoint: 'tcp://127.0.0.1:1' }
  t.throws(() => newWriterInterface(config), /unknown class_name 'zmq_pubsubsub'/)
  t.throws(() => newReaderInterface(config), /unknown class_name 'zmq_pubsubsub'/)
})

t.test('10: a message of one or three parts is told with its number, and the others come', async t => {
  for (const [parts, words] of [
    ['data', 'a message of 1 part, expected 2 (meta, data)'],
    ['topic,meta,data', 'a message of 3 parts, expected 2 (meta, data)'],
  ]) {
    const path = socketPath(t)
    const reading = pair(t, 'zmq_pubsub', `ipc://${path}`).reader()
    const told = once(reading, 'reject')
    const next = reading.read()
    const odd = await openSink(`zmq+pub:${path}?listen&peers=1&parts=${parts}`)
    await odd.write([packet({}, Buffer.from('x'))])
    t.match(await told, [{ reason: 'wrong number of parts', detail: words }])
    await odd.close()
    const good = await openSink(`zmq+pub:${path}?listen&peers=1`)
    await good.write([packet({ good: 1 })])
    t.same((await next)?.meta, { good: 1 })
    await good.close()
    t.match(reading.counts(), { received: 1, rejected: { 'wrong number of parts': 1 } })
  }
})

t.test('other layouts are read where they are asked for', async t => {
  const path = socketPath(t)
  const { writer, reader } = pair(t, 'zmq_pubsub', `ipc://${path}`)
  const reading = reader({ parts: ['topic', 'data'], topic: ['image.'] })
  await reading.activate()
  const writing = writer({ parts: 'topic,data', topic: 'image.raw', wait_peers: 1, policy: 'block' })
  writing.write({}, Uint8Array.of(7))
  const [image] = await readSome(reading, 1)
  t.same([image?.meta, image && hex(image)], [{ topic: 'image.raw' }, '07'])
})

t.test('a packet that was read is written on with the meta as it came', async t => {
  const [first, second] = [socketPath(t), socketPath(t)]
  const sink = await openSink(`zmq+push:${first}?listen`)
  const onward = await openSink(`zmq+push:${second}?listen`)
  t.teardown(() => Promise.all([sink.abort?.(), onward.abort?.()]))
  const reading = pair(t, 'zmq_pushpull', `ipc://${second}`).reader()
  await reading.activate()
  const writing = sink.write([new Parts(Buffer.from('{ "a" : 1e0 }'), NO_DATA, { source: 'here' })])
  const end = new AbortController()
  for await (const batch of openSource(`zmq+pull:${first}`, { signal: end.signal })) {
    await Promise.all([writing, onward.write(batch)])
    end.abort()
  }
  const [read] = await readSome(reading, 1)
  t.same(read?.meta, { a: 1 })
  t.equal(read instanceof Parts && Buffer.from(read.metaBytes).toString(), '{ "a" : 1e0 }')
})

t.test('a constructor opens no socket, activate opens one and sends nothing', async t => {
  const port = await freePort()
  const { writer, reader } = pair(t, 'zmq_pubsub', `tcp://127.0.0.1:${port}`)
  const writing = writer()
  await t.rejects(connected(port), { code: 'ECONNREFUSED' })
  await Promise.all([writing.activate(), writing.activate()])
  ;(await connected(port)).destroy()
  const reading = reader()
  t.equal(await reading.read({ timeout: 200 }), undefined)
  writing.write({ first: true })
  t.same((await reading.read())?.meta, { first: true })
})

t.test('a loop that asks for room lets readers come, whatever the policy', async t => {
  for (const policy of ['latest', 'drop-oldest', 'block'] as const) {
    const link = pair(t, 'zmq_pubsub', `ipc://${socketPath(t)}`)
    const writing = link.writer({ policy })
    await writing.activate()
    let found = false
    const reading = link.reader()
    const first = reading.read().then(() => {
      found = true
    })
    const begun = performance.now()
    for (let n = 0; !found && performance.now() - begun < 10_000; n++) {
      writing.write({ n })
      await writing.room()
    }
    t.ok(found, policy)
    await reading.close()
    await first
  }
})

t.test('an address that is taken is an error of the end that listens, once it is told', async t => {
  const endpoint = `tcp://127.0.0.1:${await freePort()}`
  const first = pair(t, 'zmq_pullpush', endpoint)
  await first.reader().activate()
  await first.writer({ wait_peers: 1 }).activate()
  const third = first.reader()
  await t.rejects(third.activate(), /address already in use/)
  await t.rejects(third.read(), /address already in use/)
  await third.close()
  const second = pair(t, 'zmq_pubsub', endpoint)
  const writing = second.writer()
  await t.rejects(writing.activate(), /address already in use/)
  await t.rejects(writing.close(), /address already in use/)
})

t.test('a meta that is no JSON is told, and the next packet comes', async t => {
  const path = socketPath(t)
  const reading = pair(t, 'zmq_pubsub', `ipc://${path}`).reader()
  const told = once(reading, 'reject')
  const next = reading.read()
  const sink = await openSink(`zmq+pub:${path}?listen&peers=1`)
  await sink.write([new Parts(Buffer.from('{"half":}'), NO_DATA, { source: 'here' }), packet({ whole: 1 })])
  t.same((await next)?.meta, { whole: 1 })
  t.match(await told, [{ reason: 'invalid JSON' }])
  t.match(reading.counts().rejected, { 'invalid JSON': 1 })
  await sink.close()
})

function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  return once(socket, 'connect').then(() => socket)
}
