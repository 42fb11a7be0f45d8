// What comes from an engine as packets, also from those who know nothing of packets.

import t from 'tap'
import { IncomingPackets } from '../../../src/bus/engine/incoming-packets.ts'
import { frame } from '../../../src/codec/frame.ts'
import { Line } from '../../../src/codec/line.ts'
import { packet } from '../../../src/packet.ts'
import type { Reject } from '../../../src/stream/reject.ts'

const rejects: Reject[] = []
const incoming = new IncomingPackets('bus', reject => rejects.push(reject))
const of = (payload: string | Uint8Array, again = false) =>
  incoming.of({ topic: 'a.b', payload: Buffer.from(payload), again })

t.beforeEach(() => rejects.splice(0))

t.test('a line with its topic is passed on as it is', async t => {
  const [line, ...rest] = of(' {"x":1, "topic":"a.b"}\n')
  t.ok(line instanceof Line && line.bytes.toString() === '{"x":1, "topic":"a.b"}')
  t.same(rest, [])
})

t.test('the topic is what the engine says', async t => {
  const metas = (payload: string, again = false) => of(payload, again).map(({ meta }) => meta)
  t.same(metas('{"x":1}'), [{ topic: 'a.b', x: 1 }])
  t.same(metas('{}'), [{ topic: 'a.b' }])
  t.same(metas('{"topic":"other","x":1}'), [{ topic: 'a.b', x: 1 }])
  t.same(metas('{"topic":7}'), [{ topic: 'a.b' }])
  t.same(metas('{"topic":"a.b","x":1}', true), [{ topic: 'a.b', x: 1, redelivered: true }])
  t.same(rejects, [])
})

t.test('an object on several lines becomes one packet, which is written as one line', async t => {
  const [only] = of('{\n "topic": "a.b",\n "x": 1\n}')
  t.notOk(only instanceof Line)
  t.same(only?.meta, { topic: 'a.b', x: 1 })
})

t.test('frames', async t => {
  const encode = (...metas: Parameters<typeof packet>[0][]) =>
    Buffer.concat(frame.encoder({ reject: () => {} }).push(metas.map(meta => packet(meta, Buffer.from('abc')))))
  t.same(
    of(encode({ topic: 'a.b', n: 1 }, { n: 2 })).map(({ meta, data }) => [meta, Buffer.from(data).toString()]),
    [
      [{ topic: 'a.b', n: 1 }, 'abc'],
      [{ topic: 'a.b', n: 2 }, 'abc'],
    ],
  )
})

t.test('anything else is rejected, with its reason', async t => {
  for (const payload of ['', '21.5', 'hello', '[1]', '{"x":', '{"x":1,}', Buffer.from([0x7b, 0xff, 0x7d])]) {
    t.same(of(payload), [])
  }
  t.same(of(Buffer.from([0xf7, 0x44, 0x41, 0x51, 1, 0, 24, 0])), [])
  t.same(
    rejects.map(({ reason, place }) => [reason, place.source]),
    [
      ...['not an object', 'not an object', 'not an object', 'not an object', 'not an object'],
      ...['invalid JSON', 'invalid UTF-8', 'truncated'],
    ].map(reason => [reason, 'bus a.b']),
  )
})
