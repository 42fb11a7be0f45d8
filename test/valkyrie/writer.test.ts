import { getEventListeners, once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { newWriterInterface } from '../../src/valkyrie/writer.ts'

const classOf = (prefix: string) => `${prefix}file`

t.test('a constructor does no I/O; what cannot be is refused by it', async t => {
  const folder = t.testdir({})
  newWriterInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d') })
  newWriterInterface({ class_name: 'file', filename_pattern: join(folder, 'frames.daq') })
  newWriterInterface({ class_name: 'file', filename_pattern: '/no/such/folder/f_%d' })
  t.same(readdirSync(folder), [])
  t.throws(() => newWriterInterface({ class_name: 'carrier_pigeon' }), UsageError)
  t.throws(() => newWriterInterface({ class_name: 'carrier_pigeon' }), /expected zmq_pubsub, zmq_pushpull/)
})

t.test('activate is idempotent and writes nothing; write activates by itself', async t => {
  for (const prefix of ['', 'dls::valkyrie::', 'dls_::valkyrie::']) {
    const folder = t.testdir({})
    const writer = newWriterInterface({ class_name: classOf(prefix), filename_pattern: join(folder, 'f_%03d') })
    const opening = writer.activate()
    t.equal(writer.activate(), opening)
    await opening
    t.same(readdirSync(folder), [])
    writer.write({ some: 'thing' }, Uint8Array.of(1, 2, 3))
    writer.write({}, null)
    await writer.close()
    t.same(readdirSync(folder).sort(), ['f_000.data', 'f_000.json', 'f_001.data', 'f_001.json'])
  }
  const folder = t.testdir({})
  const writer = newWriterInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d'), policy: 'block' })
  for (let n = 0; n < 1000; n++) writer.write({ n }, new Uint16Array([n]))
  await writer.close()
  t.equal(readdirSync(folder).length, 2000)
  t.same(
    [readFileSync(join(folder, 'f_999.json'), 'utf8'), readFileSync(join(folder, 'f_258.data'))[1]],
    ['{\n    "n": 999\n}', 1],
  )
  t.same(writer.counts(), { written: 1000, sent: 1000, dropped: {}, pending: 0, readers: {} })
})

t.test('before the link is open the policy says what waits, and every packet is counted', async t => {
  const folder = t.testdir({})
  const write = async (options: object) => {
    const pattern = join(folder, `${Object.values(options).join('-') || 'default'}_%d`)
    const writer = newWriterInterface({ class_name: 'file', filename_pattern: pattern, ...options })
    for (let n = 0; n < 10; n++) writer.write({ n })
    const { pending, written } = writer.counts()
    t.same([pending, written], [10, 10])
    await writer.close()
    return writer.counts()
  }
  t.same(await write({}), { written: 10, sent: 1, dropped: { superseded: 9 }, pending: 0, readers: {} })
  t.same(await write({ policy: 'drop-oldest', buffer: 4 }), {
    written: 10,
    sent: 4,
    dropped: { overflow: 6 },
    pending: 0,
    readers: {},
  })
  t.equal(readFileSync(join(folder, 'drop-oldest-4_0.json'), 'utf8'), '{\n    "n": 6\n}')
})

t.test('who asks for room loses nothing', async t => {
  const folder = t.testdir({})
  const writer = newWriterInterface({
    class_name: 'file',
    filename_pattern: join(folder, 'frames.daq'),
    policy: 'block',
    buffer: 1,
  })
  for (let n = 0; n < 1000; n++) {
    writer.write({ n }, Buffer.alloc(1000))
    await writer.room()
  }
  await writer.close()
  t.same(writer.counts(), { written: 1000, sent: 1000, dropped: {}, pending: 0, readers: {} })
  await writer.room()
})

t.test('a link that cannot be opened is an error of activate, an event, and an error of close', async t => {
  const writer = newWriterInterface({ class_name: 'file', filename_pattern: '/no/such/folder/frames.daq' })
  const told = once(writer, 'error')
  await t.rejects(writer.activate(), /no such file or directory/)
  t.match(await told, [{ name: 'CarrierError' }])
  writer.write({ n: 1 })
  await writer.room()
  t.same(writer.counts(), { written: 1, sent: 0, dropped: { 'link failed': 1 }, pending: 0, readers: {} })
  await t.rejects(writer.close(), { name: 'CarrierError' })
})

t.test('a link that fails on the way drops the rest, and says so at the end', async t => {
  const folder = t.testdir({ 'f_2.data': { 'in the way': '' } })
  const writer = newWriterInterface({ class_name: 'file', filename_pattern: join(folder, 'f_%d') })
  await writer.activate()
  for (let n = 0; n < 5; n++) writer.write({ n })
  await writer.room()
  writer.write({ n: 5 })
  await t.rejects(writer.close(), /f_2.data: is a directory/)
  t.same(readdirSync(folder).sort(), ['f_0.data', 'f_0.json', 'f_1.data', 'f_1.json', 'f_2.data'])
  t.same(writer.counts(), { written: 6, sent: 2, dropped: { 'link failed': 4 }, pending: 0, readers: {} })
})

t.test('close is idempotent, and nothing is written after it', async t => {
  const writer = newWriterInterface({ class_name: 'dummy' })
  const closed = once(writer, 'close')
  writer.write({ n: 1 }, new ArrayBuffer(8))
  t.equal(writer.close(), writer.close())
  await closed
  t.throws(() => writer.write({ n: 2 }), /the writer is closed/)
  await t.rejects(writer.activate(), UsageError)
  t.same(writer.counts(), { written: 1, sent: 1, dropped: {}, pending: 0, readers: {} })
  await newWriterInterface({ class_name: 'dummy' }).close()
})

t.test('a signal closes it', async t => {
  const abort = new AbortController()
  const writer = newWriterInterface({ class_name: 'dummy', signal: abort.signal })
  const closed = once(writer, 'close')
  await writer.activate()
  abort.abort()
  await closed
  t.throws(() => writer.write({}), UsageError)
})

t.test('a signal that was aborted before closes it at once; leaving a scope closes it, too', async t => {
  const aborted = newWriterInterface({ class_name: 'dummy', signal: AbortSignal.abort() })
  await t.rejects(aborted.activate(), /is closed/)
  const signal = new AbortController().signal
  const left = newWriterInterface({ class_name: 'dummy', signal })
  const closed = once(left, 'close')
  await left[Symbol.asyncDispose]()
  await closed
  t.same(getEventListeners(signal, 'abort'), [], 'nothing of it is left')
})
