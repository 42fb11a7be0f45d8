// The bounded queue: its policies, its counts and the records that announce what it lost.

import t from 'tap'
import { type Batch, gapPacket, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Policy } from '../../src/stream/policy.ts'
import { BoundedQueue } from '../../src/stream/queue.ts'

function numbered(from: number, to: number): Batch {
  return Array.from({ length: to - from + 1 }, (_, index) => packet({ seq: from + index }))
}

function queueOf(policy: Policy, packets: number, bytes?: number) {
  const count = new StageCount()
  const queue = new BoundedQueue({ policy, packets, stage: 'test', count, ...(bytes !== undefined && { bytes }) })
  return { queue, count }
}

/** A packet as its `seq`, a gap record as `-LOST[FROM..TO]`. */
function shown(batch: Batch): unknown[] {
  return batch.map(({ meta }) => {
    const { gap } = meta
    if (gap === null || typeof gap !== 'object' || !('lost' in gap)) return meta['seq']
    return `-${gap['lost']}[${gap['from']}..${gap['to']}]`
  })
}

t.test('what fits comes out in order', async t => {
  const { queue, count } = queueOf('drop-oldest', 100)
  queue.push(numbered(1, 60))
  t.same(shown(queue.take(50)), shown(numbered(1, 50)))
  queue.push(numbered(61, 130))
  t.same(shown(queue.take()), shown(numbered(51, 130)))
  t.ok(queue.isEmpty)
  t.equal(count.lost, 0)
})

t.test('drop-oldest keeps the last and announces the first', async t => {
  const { queue, count } = queueOf('drop-oldest', 3)
  queue.push(numbered(1, 10))
  t.equal(queue.length, 3)
  t.same(shown(queue.take()), ['-7[1..7]', 8, 9, 10])
  t.same(count.report().dropped, { overflow: 7 })
})

t.test('drop-newest keeps the first and announces the loss where it is, once for neighbours', async t => {
  const { queue, count } = queueOf('drop-newest', 3)
  queue.push(numbered(1, 5))
  queue.push(numbered(6, 7))
  t.same(shown(queue.take(2)), [1, 2])
  queue.push(numbered(8, 9))
  t.same(shown(queue.take()), [3, '-4[4..7]', 8, 9])
  queue.push(numbered(10, 14))
  t.same(shown(queue.take()), [10, 11, 12, '-2[13..14]'])
  t.ok(queue.isEmpty)
  t.equal(count.lost, 6)
})

t.test('latest keeps one, whatever the bound', async t => {
  const { queue, count } = queueOf('latest', 100)
  queue.push(numbered(1, 4))
  queue.push(numbered(5, 6))
  t.same(shown(queue.take()), ['-5[1..5]', 6])
  t.equal(count.lost, 5)
})

t.test('block drops nothing: its user keeps the bound', async t => {
  const { queue, count } = queueOf('block', 2)
  queue.push(numbered(1, 2))
  t.ok(queue.isFull)
  queue.push(numbered(3, 4))
  t.same(shown(queue.take()), [1, 2, 3, 4])
  t.equal(count.lost, 0)
})

t.test('a gap record that is lost is announced by the next one and not counted twice', async t => {
  const { queue, count } = queueOf('drop-oldest', 1)
  queue.push([gapPacket({ lost: 5, reason: 'network', stage: 'far', from: 1, to: 5 }), ...numbered(6, 8)])
  t.same(shown(queue.take()), ['-7[1..7]', 8])
  t.equal(count.lost, 2)
})

t.test('packets without seq are announced by their number', async t => {
  const { queue } = queueOf('latest', 1)
  queue.push([packet({ name: 'a' }), packet({ name: 'b' })])
  t.same(queue.take()[0]?.meta, { gap: { lost: 1, reason: 'overflow', stage: 'test' } })
})

t.test('bytes bound it, too, but one packet always fits', async t => {
  const { queue, count } = queueOf('drop-oldest', 100, 10)
  const big = (seq: number) => packet({ seq }, new Uint8Array(6))
  queue.push([big(1), big(2), big(3)])
  t.same(shown(queue.take()), ['-1[1..1]', 2, 3])
  t.equal(count.lost, 1)
})

t.test('what is abandoned is counted by its reason', async t => {
  const { queue, count } = queueOf('drop-newest', 2)
  queue.push(numbered(1, 3))
  queue.abandon('peer left')
  t.ok(queue.isEmpty)
  t.same(count.report().dropped, { overflow: 1, 'peer left': 2 })
})

t.test('many rounds through the ring keep the order and lose nothing uncounted', async t => {
  const { queue, count } = queueOf('drop-oldest', 37)
  let next = 1
  let seen = 0
  let last = 0
  for (let round = 0; round < 500; round++) {
    const size = (round * 7) % 23
    queue.push(numbered(next, next + size - 1))
    next += size
    for (const { meta } of queue.take((round * 5) % 19)) {
      const { seq } = meta
      if (typeof seq !== 'number') continue
      if (seq <= last) t.fail(`${seq} after ${last}`)
      last = seq
      seen++
    }
  }
  seen += queue.length
  t.equal(seen + count.lost, next - 1)
})
