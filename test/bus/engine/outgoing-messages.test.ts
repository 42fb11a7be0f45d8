// Packets as messages: each with its topic and bytes that stand alone.

import t from 'tap'
import { outgoingMessages } from '../../../src/bus/engine/outgoing-messages.ts'
import { autoDecoder } from '../../../src/codec/index.ts'
import { type Batch, packet } from '../../../src/packet.ts'
import type { Reject } from '../../../src/stream/reject.ts'

const engine = {
  name: 'bus',
  topicFault: (topic: string) => (topic.includes('/') ? `'${topic}': no slashes` : undefined),
}

function messages(topic: string | undefined, batch: Batch) {
  const rejects: Reject[] = []
  const out = outgoingMessages(engine, topic, reject => rejects.push(reject)).push(batch)
  return { rejects, out: out.map(({ topic, payload }) => [topic, Buffer.from(payload).toString()]), messages: out }
}
const lines = (text: string) => autoDecoder({ source: 'test', reject: () => {} }).push(Buffer.from(text))

t.test('with a topic for all', async t => {
  const { out } = messages('a.b', [...lines('{"n":1}\n{"topic":"x","n":2}\n'), packet({ n: 3 })])
  t.same(out, [
    ['a.b', '{"topic":"a.b","n":1}'],
    ['a.b', '{"topic":"a.b","n":2}'],
    ['a.b', '{"topic":"a.b","n":3}'],
  ])
})

t.test('with their own', async t => {
  const batch = [...lines('{"n":1,"topic":"x.\\u0079"}\n{"n":2}\n{"topic":"x/y"}\n'), packet({ topic: 'z' })]
  const { out, rejects } = messages(undefined, [...batch, packet({ topic: 'y/z' }), packet({})])
  t.same(out, [
    ['x.y', '{"n":1,"topic":"x.\\u0079"}'],
    ['z', '{"topic":"z"}'],
  ])
  t.same(
    rejects.map(({ reason, detail }) => [reason, detail?.slice(0, 10)]),
    [
      ['no topic', 'a packet g'],
      ['no topic', 'a packet g'],
      ['topic not for this bus', "bus: 'x/y'"],
      ['topic not for this bus', "bus: 'y/z'"],
    ],
  )
})

t.test('data goes as a frame, which a reader finds whole', async t => {
  const { messages: out } = messages('a', [packet({ n: 1 }, Buffer.from([1, 2, 3])), packet({ n: 2 })])
  const decoded = out.map(({ payload }) => autoDecoder({ source: 'test', reject: t.fail }).push(payload))
  t.same(
    decoded.map(batch => batch.map(({ meta, data }) => [meta['n'], [...data]])),
    [[[1, [1, 2, 3]]], []],
  )
})
