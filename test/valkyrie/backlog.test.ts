import t from 'tap'
import { packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Policy } from '../../src/stream/policy.ts'
import { Backlog } from '../../src/valkyrie/backlog.ts'
import { numbered, seqs } from '../support/carrier.ts'

function backlog(policy: Policy, { packets = 3, bytes = 1000 } = {}) {
  const count = new StageCount()
  return { count, waiting: new Backlog({ policy, packets, bytes, count }) }
}

t.test('each policy keeps what it says, and counts the rest', async t => {
  const expected: readonly (readonly [Policy, readonly number[], Readonly<Record<string, number>>])[] = [
    ['latest', [10], { superseded: 9 }],
    ['drop-oldest', [8, 9, 10], { overflow: 7 }],
    ['drop-newest', [1, 2, 3], { overflow: 7 }],
    ['block', [1, 2, 3], { overflow: 7 }],
  ]
  for (const [policy, kept, dropped] of expected) {
    const { count, waiting } = backlog(policy)
    for (const item of numbered(10)) waiting.push(item)
    t.same([waiting.length, waiting.isFull], [kept.length, true], policy)
    t.same(seqs(waiting.take()), kept, policy)
    t.same(count.report().dropped, dropped, policy)
    t.same([waiting.length, waiting.isFull], [0, false], policy)
  }
})

t.test('bytes are a bound, too, but one packet may always wait', async t => {
  const { count, waiting } = backlog('drop-oldest', { packets: 100, bytes: 10 })
  for (const seq of [1, 2, 3]) waiting.push(packet({ seq }, Buffer.alloc(6)))
  t.same(seqs(waiting.take()), [2, 3])
  waiting.push(packet({ seq: 4 }, Buffer.alloc(500)))
  waiting.push(packet({ seq: 5 }, Buffer.alloc(500)))
  t.same(seqs(waiting.take()), [5])
  t.equal(count.lost, 2)
})

t.test('many that are pushed out leave the rest in order', async t => {
  const { waiting } = backlog('drop-oldest', { packets: 7 })
  for (const item of numbered(1000)) waiting.push(item)
  t.same(seqs(waiting.take()), [994, 995, 996, 997, 998, 999, 1000])
})

t.test('what nobody will take is counted', async t => {
  const { count, waiting } = backlog('block')
  for (const item of numbered(2)) waiting.push(item)
  waiting.abandon('closed')
  t.same([waiting.length, count.report().dropped], [0, { closed: 2 }])
})
