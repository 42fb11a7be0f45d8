import { getEventListeners, once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { TimedOut, UsageError } from '../../src/errors.ts'
import { openSink } from '../../src/library.ts'
import { type Packet, packet } from '../../src/packet.ts'
import { newReaderInterface } from '../../src/valkyrie/reader.ts'
import { newWriterInterface } from '../../src/valkyrie/writer.ts'
import { folderOf } from '../support/zmq.ts'

/** Where the file class has written the packets `{n: 0}` …, each with n % 5 bytes. */
async function written(t: Test, name: string, count: number): Promise<string> {
  const filename_pattern = join(t.testdir({}), name)
  const writer = newWriterInterface({ class_name: 'file', filename_pattern, policy: 'block' })
  for (let n = 0; n < count; n++) writer.write({ n }, Buffer.alloc(n % 5, n))
  await writer.close()
  return filename_pattern
}

const known = (packet: Packet | undefined) => [packet?.meta['n'], packet && Buffer.from(packet.data).toString('hex')]

t.test('packets are read one by one, from pairs and from frames; then there is nothing, at once', async t => {
  for (const name of ['f_%04d', 'frames.daq']) {
    const filename_pattern = await written(t, name, 300)
    const reader = newReaderInterface({ class_name: 'file', filename_pattern })
    await reader.activate()
    await reader.activate()
    for (let n = 0; n < 300; n++) {
      t.equal(reader.ended, false)
      t.same(known(await reader.read()), [n, Buffer.alloc(n % 5, n).toString('hex')])
    }
    t.equal(await reader.read(), undefined)
    t.equal(reader.ended, true)
    t.match(reader.counts(), { received: 300, rejected: {}, lost: {} })
    await reader.close()
  }
})

t.test('a packet without data is no timeout', async t => {
  const filename_pattern = await written(t, 'f_%d', 1)
  const reader = newReaderInterface({ class_name: 'file', filename_pattern, follow: true })
  const packet = await reader.read({ timeout: 5000 })
  t.same([packet?.meta, packet?.data.length], [{ n: 0 }, 0])
  const begun = performance.now()
  t.equal(await reader.read({ timeout: 100 }), undefined)
  t.ok(performance.now() - begun >= 99, 'not sooner')
  t.equal(reader.ended, false)
  t.equal(await reader.read({ timeout: 0 }), undefined)
  await reader.close()
})

t.test('several reads at once get a packet each', async t => {
  const folder = t.testdir({})
  const reader = newReaderInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d'), follow: true })
  const reads = Promise.all([reader.read(), reader.read(), reader.read()])
  const writer = newWriterInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d') })
  await writer.activate()
  for (let n = 0; n < 3; n++) writer.write({ n })
  t.same((await reads).map(packet => packet?.meta['n']).sort(), [0, 1, 2])
  const [first, second] = [reader.read(), reader.read()]
  writer.write({ n: 3 })
  t.same((await first)?.meta, { n: 3 })
  writer.write({ n: 4 })
  t.same((await second)?.meta, { n: 4 })
  await writer.close()
  await reader.close()
})

t.test('iterating gives every packet to the end', async t => {
  const filename_pattern = await written(t, 'f_%d', 100)
  const reader = newReaderInterface({ class_name: 'dls_::valkyrie::file', filename_pattern })
  const seen: unknown[] = []
  for await (const { meta } of reader) {
    seen.push(meta['n'])
    if (seen.length === 10) break
  }
  for await (const { meta } of reader) {
    seen.push(meta['n'])
    if (seen.length === 20) break
  }
  for await (const batch of reader.batches()) seen.push(...batch.map(({ meta }) => meta['n']))
  t.same(
    seen,
    Array.from({ length: 100 }, (_, n) => n),
  )
})

t.test('a configured timeout is text or number; an iteration throws it', async t => {
  const filename_pattern = join(t.testdir({}), 'f_%d')
  for (const recv_timeout_milliseconds of [50, '50']) {
    const reader = newReaderInterface({ class_name: 'file', filename_pattern, follow: true, recv_timeout_milliseconds })
    t.equal(await reader.read(), undefined)
    await t.rejects(reader[Symbol.asyncIterator]().next(), TimedOut)
    await t.rejects(reader.batches().next(), /no packet came for 50ms/)
    await reader.close()
  }
})

t.test('a read may be aborted, and the next one gets the packet', async t => {
  const folder = t.testdir({})
  const reader = newReaderInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d'), follow: true })
  const abort = new AbortController()
  const reading = reader.read({ signal: abort.signal })
  abort.abort(new Error('enough'))
  await t.rejects(reading, /enough/)
  await t.rejects(reader.read({ signal: abort.signal }), /enough/)
  const next = reader.read()
  writeFileSync(join(folder, 'f_0.data'), '')
  writeFileSync(join(folder, 'f_0.json'), '{"n":7}')
  t.same((await next)?.meta, { n: 7 })
  await reader.close()
})

t.test('topics are wanted and not wanted any more while it reads', async t => {
  const path = join(folderOf(t), 'socket')
  const endpoint = `ipc://${path}`
  const link = { class_name: 'zmq_pubsub', endpoint, parts: 'topic,meta,data' }
  const readers = ['a', 'b'].map(topic => newReaderInterface({ ...link, topic }))
  const topics = ['a', 'b', 'c']
  const [changing, witness] = readers
  if (!changing || !witness) return
  const source = await openSink(`zmq+pub:${path}?listen&peers=2&parts=topic,meta,data`)
  t.teardown(async () => {
    await Promise.all(readers.map(reader => reader.close()))
    await source.close()
  })
  await Promise.all(readers.map(reader => reader.activate()))
  let round = 0
  /** One packet a topic until what the reader gets has the topics expected: a change takes a moment to arrive. */
  const settles = async (expected: string) => {
    for (let seen = ''; seen !== expected; ) {
      round++
      await source.write(topics.map(topic => packet({ topic, round })))
      seen = ''
      for (let found = await changing.read({ timeout: 100 }); found; found = await changing.read({ timeout: 20 })) {
        if (found.meta['round'] === round) seen += found.meta['topic']
      }
    }
    t.pass(expected)
  }
  await settles('a')
  await changing.subscribe('b')
  await settles('ab')
  await changing.unsubscribe('a')
  await settles('b')
  await changing.subscribe('a')
  await changing.subscribe('a')
  await changing.unsubscribe('a')
  await settles('ab')
  const pulling = newReaderInterface({ class_name: 'zmq_pushpull', endpoint })
  await t.rejects(pulling.subscribe('a'), { message: 'only readers of the class zmq_pubsub have topics' })
  await pulling.close()
})

t.test('a constructor does no I/O, and the dummy has nothing', async t => {
  const folder = t.testdir({})
  newReaderInterface({ class_name: 'file', filename_pattern: join(folder, 'none', 'f_%d') })
  t.same(readdirSync(folder), [])
  t.throws(() => newReaderInterface({ class_name: 'zmq' }), UsageError)
  const dummy = newReaderInterface({ class_name: 'dls_::valkyrie::dummy' })
  t.equal(await dummy.read(), undefined)
  t.equal(dummy.ended, true)
  await dummy.close()
})

t.test('what cannot be read is told, and an input that fails is thrown', async t => {
  const folder = t.testdir({ 'f_0.json': 'no', 'f_0.data': '', 'f_1.json': '{"n":1}', 'f_1.data': '' })
  const reader = newReaderInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d') })
  const told = once(reader, 'reject')
  t.same((await reader.read())?.meta, { n: 1 })
  t.match(await told, [{ reason: 'invalid JSON' }])
  t.match(reader.counts(), { received: 1, rejected: { 'invalid JSON': 1 } })
  const none = newReaderInterface({ class_name: 'file', filename_pattern: join(folder, 'none.daq') })
  await t.rejects(none.read(), { name: 'CarrierError' })
  await t.rejects(none.read(), { name: 'CarrierError' })
})

t.test('closing ends whoever waits; a signal closes', async t => {
  const filename_pattern = join(t.testdir({}), 'f_%d')
  const abort = new AbortController()
  const reader = newReaderInterface({ class_name: 'file', filename_pattern, follow: true, signal: abort.signal })
  const closed = once(reader, 'close')
  const reading = reader.read()
  const iterating = reader[Symbol.asyncIterator]().next()
  abort.abort()
  t.equal(await reading, undefined)
  t.match(await iterating, { done: true })
  await closed
  t.equal(await reader.read(), undefined)
  t.equal(reader.close(), reader.close())
  await t.rejects(reader.activate(), /the reader is closed/)
})

t.test('words about the link are an event, unless the log level is above them', async t => {
  const filename_pattern = join(t.testdir({}), 'none', 'f_%d')
  for (const [level, expected] of [
    ['WARNING', 1],
    ['ERROR', 0],
  ] as const) {
    const words: string[] = []
    const reader = newReaderInterface({ class_name: 'file', filename_pattern, follow: true, log: { level } })
    reader.on('warning', message => words.push(message))
    await reader.read({ timeout: 20 })
    await reader.close()
    t.equal(words.length, expected, level)
  }
})

t.test('a signal that was aborted before closes it at once; leaving a scope closes it, too', async t => {
  const aborted = newReaderInterface({ class_name: 'dummy', signal: AbortSignal.abort() })
  await t.rejects(aborted.activate(), /is closed/)
  const signal = new AbortController().signal
  const left = newReaderInterface({ class_name: 'dummy', signal })
  const closed = once(left, 'close')
  await left[Symbol.asyncDispose]()
  await closed
  t.same(getEventListeners(signal, 'abort'), [], 'nothing of it is left')
})
