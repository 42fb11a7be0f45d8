// Pushing to pullers that take as much as the test lets them.

import fc from 'fast-check'
import t from 'tap'
import { Pusher } from '../../../src/carrier/zmq/pusher.ts'
import { packet } from '../../../src/packet.ts'
import { POLICIES, type Policy } from '../../../src/stream/policy.ts'
import { numbered } from '../../support/carrier.ts'
import { distributed, TestPeer } from '../../support/zmq-wire.ts'

function pushing(policy: Policy, pullers: number, packets = 4) {
  const result = distributed(Pusher, { policy, packets })
  const peers = Array.from({ length: pullers }, (_, index) => result.join(new TestPeer(`${index}`)))
  return { ...result, peers, sent: () => peers.map(({ sent }) => sent) }
}

t.test('each packet goes to one puller, in turn', async t => {
  for (const policy of POLICIES) {
    const { distribution, sent } = pushing(policy, 3)
    distribution.offer(numbered(7))
    distribution.offer(numbered(1, 8))
    distribution.offer(numbered(2, 9))
    t.same(
      sent(),
      [
        [1, 4, 7, 10],
        [2, 5, 8],
        [3, 6, 9],
      ],
      policy,
    )
  }
})

t.test('large packets are shared as well', async t => {
  const { distribution, sent } = pushing('block', 2)
  distribution.offer(numbered(6).map(({ meta }) => packet(meta, new Uint8Array(100_000))))
  t.same(sent(), [
    [1, 3, 5],
    [2, 4, 6],
  ])
})

t.test('who has no room is passed over', async t => {
  const { distribution, peers, sent } = pushing('drop-newest', 2, 2)
  const [slow] = peers
  if (slow) slow.stuck = true
  distribution.offer(numbered(1))
  distribution.offer(numbered(10, 2))
  t.same(sent(), [[1], [2, 4, 6, 7, 8, 9, 10, 11]])
  slow?.unstick()
  t.same(sent()[0], [1, 3, 5])
})

t.test('where nobody has room: the newest are dropped, or the oldest, or all but the last', async t => {
  const after = (policy: Policy) => {
    const { distribution, peers, total, sent } = pushing(policy, 2, 1)
    for (const peer of peers) peer.stuck = true
    distribution.offer(numbered(2))
    distribution.offer(numbered(6, 3))
    for (const peer of peers) peer.unstick()
    t.equal(total.out + total.lost, 8, policy)
    return { sent: sent(), dropped: Object.fromEntries(total.dropped) }
  }
  t.same(after('drop-newest'), {
    sent: [
      [1, 3],
      [2, 4],
    ],
    dropped: { overflow: 4 },
  })
  t.same(after('drop-oldest'), {
    sent: [
      [1, 7],
      [2, 8],
    ],
    dropped: { overflow: 4 },
  })
  t.same(after('latest'), {
    sent: [
      [1, 7],
      [2, 8],
    ],
    dropped: { superseded: 4 },
  })
})

t.test('without pullers: dropped, or with block kept until one comes', async t => {
  for (const policy of ['latest', 'drop-oldest', 'drop-newest'] as const) {
    const { distribution, total } = pushing(policy, 0)
    distribution.offer(numbered(3))
    t.same(Object.fromEntries(total.dropped), { 'no reader': 3 }, policy)
  }
  const { distribution, join, total } = pushing('block', 0)
  distribution.offer(numbered(3))
  const room = distribution.room()
  t.type(room, Promise)
  const peer = join(new TestPeer('1'))
  await room
  t.same(peer.sent, [1, 2, 3])
  t.equal(total.out, 3)
})

t.test('block: whoever gets room takes what waits', async t => {
  const { distribution, peers, sent } = pushing('block', 2)
  for (const peer of peers) peer.stuck = true
  distribution.offer(numbered(6).map(({ meta }) => packet(meta, new Uint8Array(2 ** 20))))
  t.same(sent(), [[1], [2]])
  const room = distribution.room()
  t.type(room, Promise)
  t.type(distribution.drained(), Promise)
  peers[1]?.unstick()
  await room
  t.same(sent(), [[1], [2, 3, 4, 5, 6]])
})

t.test('what waits for a puller that leaves goes to the others', async t => {
  const { distribution, peers, total, sent } = pushing('drop-newest', 2, 10)
  const [dying] = peers
  if (dying) dying.stuck = true
  distribution.offer(numbered(2))
  distribution.offer(numbered(6, 3))
  t.same(sent(), [[1], [2, 4, 6, 8]])
  dying?.cut()
  t.same(sent()[1], [2, 4, 6, 8, 3, 5, 7])
  t.same(Object.fromEntries(total.dropped), { 'connection broken': 1 }, 'what was under way is lost')
  t.equal(total.out + total.lost, 8)
})

t.test('closed: what is left is dropped, and nobody waits', async t => {
  const { distribution, peers, total } = pushing('block', 1)
  for (const peer of peers) peer.stuck = true
  distribution.offer(numbered(3).map(({ meta }) => packet(meta, new Uint8Array(2 ** 20))))
  const waiting = [distribution.room(), distribution.drained()]
  await distribution.close('not in time', 0)
  await Promise.all(waiting)
  t.equal(total.lost, 3)
  distribution.offer(numbered(1))
  t.equal(distribution.room(), undefined)
  t.equal(total.lost, 4)
})

t.test('whatever happens, every packet is sent once or counted as lost', async t => {
  const step = fc.oneof(
    fc.record({ offer: fc.integer({ min: 1, max: 20 }), size: fc.constantFrom(0, 1000, 70_000) }),
    fc.record({ join: fc.boolean() }),
    fc.record({ peer: fc.nat(4), act: fc.constantFrom('stick', 'unstick', 'take', 'cut') }),
  )
  const whatever = fc.property(fc.constantFrom(...POLICIES), fc.array(step, { maxLength: 40 }), (policy, steps) => {
    const { distribution, join, total } = pushing(policy, 0, 3)
    const peers: TestPeer[] = []
    let seq = 0
    for (const item of steps) {
      if ('offer' in item) {
        const batch = numbered(item.offer, seq + 1).map(({ meta }) => packet(meta, new Uint8Array(item.size)))
        distribution.offer(batch)
        seq += item.offer
      } else if ('join' in item) peers.push(join(new TestPeer(`${peers.length}`)))
      else act(peers[item.peer], item.act)
    }
    for (const peer of peers) if (peer.ended === undefined) peer.unstick()
    distribution.close('end', 0)
    const sent = peers.flatMap(peer => peer.sent)
    return total.in === seq && total.out + total.lost === seq && new Set(sent).size === sent.length
  })
  t.doesNotThrow(() => fc.assert(whatever))
})

function act(peer: TestPeer | undefined, what: string): void {
  if (!peer || peer.ended !== undefined) return
  if (what === 'stick') peer.stuck = true
  else if (what === 'unstick') peer.unstick()
  else if (what === 'take') peer.take()
  else peer.cut()
}
