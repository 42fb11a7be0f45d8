// Packets as messages and back: which part is what, what is refused, and metas that are never parsed on the way.

import t from 'tap'
import { type Layout, messageMaker, packetReader, parseLayout } from '../../../src/carrier/zmq/layout.ts'
import { frame } from '../../../src/codec/frame.ts'
import { ndjson } from '../../../src/codec/ndjson.ts'
import { Parts } from '../../../src/codec/parts.ts'
import { UsageError } from '../../../src/errors.ts'
import { type Packet, packet } from '../../../src/packet.ts'
import type { Reject } from '../../../src/stream/reject.ts'
import type { Message } from '../../../src/zmtp/message.ts'

const source = 'tcp://peer:1'

function reading(layout: string, { validate = false } = {}) {
  const rejects: Reject[] = []
  const read = packetReader({ layout: parseLayout(layout), source, reject: reject => rejects.push(reject), validate })
  return { rejects, read: (...parts: string[]) => read(parts.map(text => Buffer.from(text))) }
}

function making(layout: string, topic?: string) {
  const rejects: Reject[] = []
  const make = messageMaker({ layout: parseLayout(layout), topic, reject: reject => rejects.push(reject) })
  return { rejects, make: (packet: Packet) => texts(make(packet)) }
}

function texts(message: Message | undefined): string[] | undefined {
  return message?.map(part => Buffer.from(part).toString())
}

function nothing(): never {
  throw new Error('a reject')
}

function asFrame(item: Packet): Packet {
  const bytes = Buffer.concat(frame.encoder({ reject: nothing }).push([item]))
  return frame.decoder({ source: 'frames', reject: nothing }).push(bytes)[0] ?? item
}

function asLine(text: string): Packet {
  const [line] = ndjson.decoder({ source: 'lines', reject: nothing }).push(Buffer.from(`${text}\n`))
  if (!line) throw new Error('no line')
  return line
}

t.test('a layout names known parts, each once, and meta or data among them', async t => {
  t.same(parseLayout('topic,meta,data'), ['topic', 'meta', 'data'] satisfies Layout)
  t.same(parseLayout('data'), ['data'])
  for (const wrong of ['', 'topic', 'meta,meta', 'meta,body', 'meta, data']) {
    t.throws(() => parseLayout(wrong), UsageError, wrong)
  }
})

t.test('each layout reads its parts', async t => {
  t.match(reading('meta,data').read('{"a":1}', 'xy'), { meta: { a: 1 }, data: Buffer.from('xy') })
  t.match(reading('topic,meta,data').read('t', '{"a":1}', 'xy'), {
    meta: { a: 1, topic: 't' },
    data: Buffer.from('xy'),
  })
  t.match(reading('topic,data').read('t', 'xy'), { meta: { topic: 't' }, data: Buffer.from('xy') })
  t.match(reading('data').read('xy'), { meta: {}, data: Buffer.from('xy') })
  const alone = reading('meta').read('{"a":1}')
  t.same(alone?.meta, { a: 1 })
  t.equal(alone?.data.length, 0)
})

t.test('an empty meta is an empty object, empty data is empty data', async t => {
  const { read, rejects } = reading('meta,data')
  const empty = read('', '')
  t.same(empty?.meta, {})
  t.equal(empty?.data.length, 0)
  t.same(rejects, [])
})

t.test('another number of parts is rejected with both numbers', async t => {
  const { read, rejects } = reading('meta,data')
  t.equal(read('{}'), undefined)
  t.equal(read('{}', '', ''), undefined)
  t.match(rejects, [
    { place: { source }, reason: 'wrong number of parts', detail: 'a message of 1 part, expected 2 (meta, data)' },
    { detail: 'a message of 3 parts, expected 2 (meta, data)' },
  ])
})

t.test(
  'a meta that is no object is rejected; one that only looks like one when somebody looks, or on request',
  async t => {
    const { read, rejects } = reading('meta,data')
    for (const bad of ['[1]', 'null', 'text', '{', ' ']) t.equal(read(bad, ''), undefined, bad)
    t.match(rejects, Array(5).fill({ reason: 'not an object' }))
    const lazy = read('{"a":}', '')
    t.throws(() => lazy?.meta, { message: /invalid JSON/ })
    const strict = reading('meta,data', { validate: true })
    t.equal(strict.read('{"a":}', ''), undefined)
    t.match(strict.rejects, [{ reason: 'invalid JSON', place: { source } }])
    t.same(strict.read('{"a":2}', '')?.meta, { a: 2 })
  },
)

t.test('text that is no UTF-8 is rejected on request', async t => {
  const rejects: Reject[] = []
  const read = packetReader({
    layout: ['meta'],
    source,
    reject: reject => rejects.push(reject),
    validate: true,
  })
  t.equal(read([Buffer.from('{"a":"\xff"}', 'latin1')]), undefined)
  t.match(rejects, [{ reason: 'invalid UTF-8' }])
})

t.test('each layout makes its parts', async t => {
  const item = packet({ a: 1, topic: 't' }, Buffer.from('xy'))
  t.same(making('meta,data').make(item), ['{"a":1,"topic":"t"}', 'xy'])
  t.same(making('topic,data').make(item), ['t', 'xy'])
  t.same(making('data').make(item), ['xy'])
  t.same(making('topic,meta').make(packet({ a: 1 })), ['', '{"a":1}'])
  t.same(making('topic,meta', 'fixed').make(packet({ a: 1, topic: 't' })), ['fixed', '{"a":1,"topic":"t"}'])
})

t.test('data that no part is for is rejected, not lost', async t => {
  const { make, rejects } = making('meta')
  t.equal(make(packet({ a: 1 }, Buffer.from('xy'))), undefined)
  t.match(rejects, [{ reason: 'data without a part' }])
})

t.test('a meta that came as bytes goes as those bytes', async t => {
  const spelled = '{ "n" : 1e3 }'
  const parts = new Parts(Buffer.from(spelled), Buffer.from('xy'), { source })
  t.same(making('meta,data').make(parts), [spelled, 'xy'])
  t.same(making('meta,data').make(asFrame(parts)), [spelled, 'xy'], 'a frame, without its padding')
  t.same(making('meta,data').make(asLine(spelled)), [spelled, ''])
  t.same(making('meta,data').make(asFrame(packet({}))), ['{}', ''])
  t.same(making('meta,data').make(new Parts(Buffer.alloc(0), Buffer.alloc(0), { source })), ['{}', ''])
})

t.test('a topic that came as a part goes as one, and into the meta where there is none', async t => {
  const parts = new Parts(Buffer.from('{"a": 1}'), Buffer.alloc(0), { source, topic: 't' })
  t.same(making('topic,meta').make(parts), ['t', '{"a": 1}'])
  t.same(making('meta').make(parts), ['{"a":1,"topic":"t"}'])
})

t.test('a line gives up the data it holds as text, and one that cannot be read is rejected', async t => {
  t.same(making('meta,data').make(asLine('{"a":1,"dtype":"uint8","data":"AAEC"}')), [
    '{"a":1,"dtype":"uint8"}',
    '\0\x01\x02',
  ])
  const { make, rejects } = making('meta,data')
  t.equal(make(asLine('{"a":}')), undefined)
  t.match(rejects, [{ reason: 'invalid JSON', place: { source: 'lines', line: 1 } }])
})
