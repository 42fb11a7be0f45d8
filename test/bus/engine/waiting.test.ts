// Deliveries are acknowledged in their order, when everything of them has been.

import t from 'tap'
import { AcknowledgedWaiting, droppingWaiting } from '../../../src/bus/engine/waiting.ts'
import { gapOf, packet } from '../../../src/packet.ts'
import { StageCount } from '../../../src/stream/ledger.ts'

const one = (n: number) => [packet({ n })]

function waiting({ comesAgain }: { readonly comesAgain: boolean }) {
  const acknowledged: number[] = []
  return {
    acknowledged,
    waiting: new AcknowledgedWaiting(count => acknowledged.push(count), { byReader: true, comesAgain }),
  }
}

t.test('each batch when it has been, however late the one before', async t => {
  const { waiting: inbox, acknowledged } = waiting({ comesAgain: true })
  inbox.push(one(1))
  inbox.push(one(2))
  const first = inbox.take()
  inbox.push(one(3))
  const second = inbox.take()
  t.same([first.length, second.length, inbox.take().length], [2, 1, 0])
  second.acknowledge?.()
  t.same(acknowledged, [])
  first.acknowledge?.()
  t.same(acknowledged, [3])
})

t.test('a delivery without packets goes with its neighbours', async t => {
  const { waiting: inbox, acknowledged } = waiting({ comesAgain: true })
  inbox.push([])
  t.same(acknowledged, [1])
  inbox.push(one(1))
  inbox.push([])
  inbox.push(one(2))
  t.same(acknowledged, [1])
  inbox.take().acknowledge?.()
  t.same(acknowledged, [1, 3])
})

t.test('a delivery of several packets counts once, and only when all of them were taken', async t => {
  const { waiting: inbox, acknowledged } = waiting({ comesAgain: true })
  inbox.push(Array.from({ length: 1500 }, (_, n) => packet({ n })))
  inbox.take().acknowledge?.()
  t.same(acknowledged, [])
  inbox.take().acknowledge?.()
  t.same(acknowledged, [1])
})

t.test('a part of a batch is acknowledged alone', async t => {
  const { waiting: inbox, acknowledged } = waiting({ comesAgain: true })
  for (const n of [1, 2, 3, 4]) inbox.push(one(n))
  const part = inbox.take().part?.(3)
  t.same(
    part?.map(({ meta }) => meta['n']),
    [1, 2, 3],
  )
  part?.acknowledge?.()
  t.same(acknowledged, [3])
})

t.test('over a new connection it begins anew: what comes again is forgotten, what does not stays', async t => {
  for (const comesAgain of [true, false]) {
    const { waiting: inbox, acknowledged } = waiting({ comesAgain })
    inbox.push(one(1))
    const before = inbox.take()
    inbox.push(one(2))
    inbox.restart()
    before.acknowledge?.()
    t.same(acknowledged, [])
    inbox.push(one(3))
    const after = inbox.take()
    t.same(
      after.map(({ meta }) => meta['n']),
      comesAgain ? [3] : [2, 3],
    )
    after.acknowledge?.()
    t.same(acknowledged, [1])
  }
})

t.test('what the reader does not acknowledge itself is acknowledged when it comes for more', async t => {
  const acknowledged: number[] = []
  const inbox = new AcknowledgedWaiting(count => acknowledged.push(count), { byReader: false, comesAgain: false })
  inbox.push(one(1))
  inbox.push(one(2))
  t.equal(inbox.take().acknowledge, undefined)
  inbox.push(one(3))
  t.same(acknowledged, [])
  t.equal(inbox.take().length, 1)
  t.same(acknowledged, [2])
  t.equal(inbox.take().length, 0)
  t.same(acknowledged, [2, 1])
})

t.test('what is dropped is announced; lines count by their bytes', async t => {
  const count = new StageCount()
  const inbox = droppingWaiting({ policy: 'drop-oldest', packets: 100, bytes: 20 }, count)
  inbox.push([packet({ n: 1 }, Buffer.alloc(15))])
  inbox.push([packet({ n: 2 }, Buffer.alloc(15))])
  inbox.push([packet({ n: 3 }, Buffer.alloc(15))])
  const [gap, ...rest] = inbox.take()
  t.match(gapOf(gap?.meta ?? {}), { lost: 1, reason: 'overflow', stage: 'broker' })
  t.same(
    rest.map(({ meta }) => meta['n']),
    [2, 3],
  )
  t.equal(count.lost, 1)
  t.same(inbox.take(), [])
})
