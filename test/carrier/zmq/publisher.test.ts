// Publishing to subscribers that take as much as the test lets them.

import t from 'tap'
import { Publisher } from '../../../src/carrier/zmq/publisher.ts'
import { Line } from '../../../src/codec/line.ts'
import { packet } from '../../../src/packet.ts'
import type { Policy } from '../../../src/stream/policy.ts'
import { numbered } from '../../support/carrier.ts'
import { distributed, TestPeer } from '../../support/zmq-wire.ts'

function publishing(policy: Policy, packets = 4) {
  const result = distributed(Publisher, { policy, packets })
  const subscriber = (name: string, prefix = '', options = {}) => {
    const peer = result.join(new TestPeer(name, options))
    subscribe(peer, prefix)
    return peer
  }
  return { ...result, subscriber }
}

function subscribe(peer: TestPeer, prefix: string, { wanted = true } = {}): void {
  peer.user?.subscriptions?.([{ subscribe: wanted, prefix: Buffer.from(prefix) }])
}

t.test('all get everything, encoded once', async t => {
  const { distribution, subscriber, total } = publishing('latest')
  const [one, two, sealed] = [subscriber('1'), subscriber('2'), subscriber('3', '', { clear: false })]
  distribution.offer(numbered(3))
  for (const { sent } of [one, two, sealed]) t.same(sent, [1, 2, 3])
  t.equal(one.chunks[0], two.chunks[0])
  t.not(one.chunks[0], sealed.chunks[0], 'but for one whose bytes are its own')
  t.equal(total.in, 3)
  t.equal(total.out, 9)
})

t.test('who has subscribed to nothing gets nothing, and does not count', async t => {
  const { distribution, join, total } = publishing('block')
  const peer = join(new TestPeer('1'))
  t.equal(distribution.size, 0)
  distribution.offer(numbered(2))
  t.same(Object.fromEntries(total.dropped), { 'no reader': 2 })
  subscribe(peer, '')
  t.equal(distribution.size, 1)
  distribution.offer(numbered(1, 3))
  subscribe(peer, '', { wanted: false })
  t.equal(distribution.size, 0)
  distribution.offer(numbered(1, 4))
  t.same(peer.sent, [3])
})

t.test('a subscriber joins when it asks for the first time, not again for more', async t => {
  const result = distributed(Publisher, { policy: 'block' })
  const peer = result.join(new TestPeer('1'))
  t.equal(result.joined, 0)
  subscribe(peer, 'a')
  subscribe(peer, 'b')
  t.equal(result.joined, 1)
})

t.test('a prefix is that of the first part', async t => {
  const { distribution, subscriber, total } = publishing('block')
  const [some, all] = [subscriber('1', '{"seq":1'), subscriber('2')]
  distribution.offer(numbered(12))
  t.same(some.sent, [1, 10, 11, 12])
  t.equal(all.sent.length, 12)
  t.equal(total.lost, 0, 'what somebody does not want is no loss')
})

t.test('a slow one loses, a fast one does not', async t => {
  const { distribution, subscriber, warnings } = publishing('drop-oldest', 2)
  const [fast, slow] = [subscriber('fast'), subscriber('slow')]
  slow.stuck = true
  for (let seq = 1; seq <= 10; seq++) distribution.offer(numbered(1, seq))
  t.equal(fast.sent.length, 10)
  t.same(slow.sent, [1])
  t.match(distribution.reports(), {
    fast: { written: 10, sent: 10, pending: 0 },
    slow: { written: 10, sent: 0, pending: 3, dropped: { overflow: 7 } },
  })
  slow.unstick()
  t.same(slow.sent, [1, 9, 10])
  slow.cut()
  t.match(warnings, ['slow left: it was too slow for 7 packets'])
})

t.test('whoever is left when the publisher closes has not left by itself', async t => {
  const { distribution, subscriber, warnings } = publishing('drop-oldest', 2)
  const slow = subscriber('slow')
  slow.stuck = true
  for (let seq = 1; seq <= 10; seq++) distribution.offer(numbered(1, seq))
  await distribution.close('not taken in time', 0)
  t.match(distribution.reports(), { slow: { dropped: { overflow: 7, 'not taken in time': 3 } } })
  t.same(warnings, [])
})

t.test('block waits for the slowest, until it leaves', async t => {
  const { distribution, subscriber } = publishing('block')
  const [one, two] = [subscriber('1'), subscriber('2')]
  one.stuck = true
  two.stuck = true
  t.equal(distribution.room(), undefined)
  distribution.offer([packet({ seq: 1 }, new Uint8Array(2 ** 20))])
  let over = false
  const room = distribution.room()?.then(() => {
    over = true
  })
  one.unstick()
  await Promise.resolve()
  t.notOk(over)
  two.cut()
  await room
  t.ok(over)
  t.equal(distribution.room(), undefined)
})

t.test('what waited for a subscriber that left is no loss of the writer', async t => {
  const { distribution, subscriber, total } = publishing('drop-newest')
  const peer = subscriber('1')
  peer.stuck = true
  distribution.offer(numbered(1))
  distribution.offer(numbered(2, 2))
  peer.cut()
  t.equal(total.lost, 0)
  t.match(distribution.reports(), { 1: { written: 3, sent: 0, dropped: { 'reader left': 3 }, pending: 0 } })
})

t.test('closing: who has everything is let go well, who has not is cut', async t => {
  const { distribution, subscriber, total } = publishing('drop-newest')
  const [fast, slow] = [subscriber('1'), subscriber('2')]
  slow.stuck = true
  distribution.offer(numbered(3))
  t.type(distribution.drained(), Promise)
  await distribution.close('not in time', 10)
  t.equal(fast.ended, 'hung up')
  t.equal(slow.ended, 'cut')
  t.same(Object.fromEntries(total.dropped), { 'not in time': 3 })
})

t.test('a packet that cannot be read is rejected once, and is not there', async t => {
  const { distribution, subscriber, rejects, total } = publishing('block')
  const peers = [subscriber('1'), subscriber('2')]
  const bytes = Buffer.from('{"a":}')
  const bad = new Line(bytes, 0, bytes.length, { source: 'test', offset: 0, line: 1 })
  distribution.offer([...numbered(1), bad, ...numbered(1, 2)])
  for (const { sent } of peers) t.same(sent, [1, 2])
  t.same(rejects, ['invalid JSON'])
  t.equal(total.out, 4)
})

t.test('who subscribes to too much is refused', async t => {
  const { subscriber } = publishing('block')
  const peer = subscriber('peer', 'x')
  for (let i = 0; i < 100_000 && peer.ended === undefined; i++) subscribe(peer, `${i}`)
  t.match(peer.ended, /^peer: too many subscriptions/)
})
