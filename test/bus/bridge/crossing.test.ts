// What becomes of packets that cross a bridge.

import t from 'tap'
import { Answers } from '../../../src/bus/bridge/answers.ts'
import { crossing } from '../../../src/bus/bridge/crossing.ts'
import { Prefix } from '../../../src/bus/bridge/names.ts'
import { autoDecoder } from '../../../src/codec/index.ts'
import { Line } from '../../../src/codec/line.ts'
import { type Batch, gapPacket, type Meta, packet } from '../../../src/packet.ts'
import { StageCount } from '../../../src/stream/ledger.ts'
import type { Reject } from '../../../src/stream/reject.ts'

function bridge(id = 'me') {
  const prefix = new Prefix('lab.')
  const [here, there] = [new Answers(), new Answers()]
  const rejects: Reject[] = []
  const common = { id, reject: (reject: Reject) => rejects.push(reject) }
  const [forthCount, backCount] = [new StageCount(), new StageCount()]
  const rename = { forth: (topic: string) => prefix.add(topic), back: (topic: string) => prefix.remove(topic) }
  const forth = crossing({ ...common, rename: rename.forth, here, there, count: forthCount })
  const back = crossing({ ...common, rename: rename.back, here: there, there: here, count: backCount })
  return { forth, back, here, there, rejects, forthCount, backCount }
}
const metas = (batch: Batch) => batch.map(({ meta }) => meta)
const lines = (...texts: string[]) =>
  autoDecoder({ source: 'test', reject: t.fail }).push(Buffer.from(texts.map(text => `${text}\n`).join('')))

t.test('lines are renamed and marked without being parsed, and say the same', async t => {
  const { forth, forthCount } = bridge()
  const texts = [
    '{"topic":"a.b","value":1.50}',
    '{ "x" : {"topic":"no"}, "topic" : "a" }',
    '{"value":"ä","topic":"ö.\\u00e4"}',
    '{"topic":"","n":1}',
  ]
  const out = forth.push(lines(...texts))
  t.same(metas(out), [
    { via: ['me'], topic: 'lab.a.b', value: 1.5 },
    { via: ['me'], x: { topic: 'no' }, topic: 'lab.a' },
    { via: ['me'], value: 'ä', topic: 'lab.ö.ä' },
    { via: ['me'], topic: 'lab', n: 1 },
  ])
  const [first] = out
  t.ok(first instanceof Line && first.bytes.toString().includes('1.50'), 'digits stay as they were')
  t.same([forthCount.in, forthCount.out], [4, 4])
})

t.test('the same for packets and frames', async t => {
  const { forth } = bridge()
  const out = forth.push([packet({ topic: 'a', n: 1 }, Buffer.from([1, 2]))])
  t.same(metas(out), [{ topic: 'lab.a', n: 1, via: ['me'] }])
  t.same([...(out[0]?.data ?? [])], [1, 2])
})

t.test('nothing crosses the same bridge twice, whatever way it came', async t => {
  const { forth, back } = bridge()
  const other = bridge('other')
  const once = forth.push([packet({ topic: 'a' }), ...lines('{"topic":"b"}')])
  t.equal(back.push(once).length, 0)
  const twice = other.back.push(once)
  t.same(metas(twice), [
    { topic: 'a', via: ['me', 'other'] },
    { topic: 'b', via: ['me', 'other'] },
  ])
  t.equal(forth.push(twice).length, 0)
  t.equal(other.back.push(twice).length, 0)
  const texts = twice.map(({ meta }) => JSON.stringify(meta))
  t.equal(forth.push(lines(...texts)).length, 0)
})

t.test('back goes what has the prefix, without it', async t => {
  const { back } = bridge()
  const out = back.push([packet({ topic: 'lab.a' }), packet({ topic: 'labs.a' }), packet({ topic: 'a.lab.b' })])
  t.same(metas(out), [{ topic: 'a', via: ['me'] }])
})

t.test('an answer finds its way over an address of the bridge', async t => {
  const { forth, back, here, there } = bridge()
  const ask: Meta = { topic: 'lab.door', reply_to: '_reply.who', correlation_id: 1 }
  for (const batch of [[packet(ask)], lines(JSON.stringify(ask))]) {
    const [request] = metas(back.push(batch))
    t.match(request, { topic: 'door', reply_to: here.addressFor('_reply.who'), correlation_id: 1 })
    const answer = { topic: String(request?.['reply_to']), value: 'open' }
    for (const reply of [[packet(answer)], lines(JSON.stringify(answer))]) {
      t.match(metas(forth.push(reply)), [{ topic: '_reply.who', value: 'open', via: ['me'] }])
    }
  }
  t.equal(there.behind('_reply.who'), undefined)
  const [request] = metas(back.push([packet(ask)]))
  const repeated = packet({ ...request, topic: String(request?.['reply_to']) })
  t.match(
    metas(forth.push([repeated])),
    [{ topic: '_reply.who', via: ['me', 'me'] }],
    'a repeated request is an answer',
  )
})

t.test('subscriptions to datasets, too: the publisher is called as it can be reached', async t => {
  const { forth, back, here } = bridge()
  const announce = { id: 'i', dataset: 'd', every: 1, again: false, reply_to: '_reply.me' }
  const [announced] = metas(back.push([packet({ topic: 'lab.rows', announce })]))
  const own = here.addressFor('_reply.me')
  t.match(announced, { topic: 'rows', announce: { ...announce, reply_to: own } })
  const update = { subscription: 'i', publisher: 'publisher.x', dataset: 'd' }
  t.match(metas(forth.push([packet({ topic: own, update })])), [
    { topic: '_reply.me', update: { ...update, publisher: 'lab.publisher.x' } },
  ])
})

t.test('gap records cross with a topic; what is unreadable or has none is rejected or stays', async t => {
  const { forth, rejects } = bridge()
  const gap = { lost: 3, reason: 'overflow', stage: 'broker' }
  t.match(metas(forth.push([gapPacket(gap)])), [{ topic: 'lab._gap', gap, via: ['me'] }])
  t.equal(forth.push([packet({ n: 1 })]).length, 0)
  t.equal(forth.push(lines('{"topic":"a","via":}')).length, 0)
  t.same(
    rejects.map(({ reason }) => reason),
    ['invalid JSON'],
  )
})
