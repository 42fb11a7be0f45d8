import fc from 'fast-check'
import t from 'tap'
import type { InboxPolicy } from '../../src/bus/inbox-policy.ts'
import { Run } from '../../src/bus/run.ts'
import { Waiting } from '../../src/bus/waiting.ts'

/** Lines with the seqs from `from` to `to`, in one run. */
function lines(from: number, to: number, expires?: number): Run {
  const text = Array.from({ length: to - from + 1 }, (_, i) => `{"topic":"a","seq":${from + i}}\n`).join('')
  // Like a read of which others got the rest.
  const buffer = Buffer.alloc(4096, text).subarray(0, text.length)
  const bounds = { start: 0, end: buffer.length, packets: to - from + 1 }
  return new Run('lines', buffer, { ...bounds, ...(expires !== undefined && { expires }) })
}

function waiting(policy: InboxPolicy, packets: number, bytes = 1e9) {
  const lost: Record<string, number> = {}
  const queue = new Waiting((reason, run) => {
    lost[reason] = (lost[reason] ?? 0) + run.packets
  })
  queue.bounds = { policy, packets, bytes }
  const taken = (most = 1e9, now = 0) =>
    queue
      .take(most, 'lines', now)
      .flatMap(run => run.decoded(Math.max(1, run.packets)))
      .map(({ meta }) => (meta['gap'] ? { ...Object(meta['gap']) } : meta['seq']))
  /** As an outbox does whose connection takes nothing. */
  const push = (run: Run) => {
    queue.push(run)
    queue.trim()
    queue.settle()
  }
  return { queue, lost, taken, push }
}

t.test('what fits waits and comes in order, in portions', async t => {
  const { queue, lost, taken, push } = waiting('drop-oldest', 10)
  push(lines(1, 3))
  push(lines(4, 4))
  t.same([queue.packets, queue.isEmpty, queue.isFull], [4, false, false])
  t.same(taken(1), [1, 2, 3])
  t.same(taken(1), [4])
  t.same(taken(), [])
  t.same([queue.packets, queue.bytes, queue.isEmpty, lost], [0, 0, true, {}])
})

t.test('drop-oldest keeps the newest, and tells what was lost before them', async t => {
  const { lost, taken, push } = waiting('drop-oldest', 4)
  push(lines(1, 3))
  push(lines(4, 9))
  t.same(taken(), [{ lost: 5, reason: 'overflow', stage: 'broker', from: 1, to: 5 }, 6, 7, 8, 9])
  t.same(lost, { overflow: 5 })
})

t.test('drop-newest keeps the oldest, and tells what was lost after them', async t => {
  const { lost, taken, push } = waiting('drop-newest', 4)
  push(lines(1, 3))
  push(lines(4, 9))
  push(lines(10, 10))
  t.same(taken(1), [1, 2, 3])
  push(lines(11, 12))
  t.same(taken(), [4, { lost: 6, reason: 'overflow', stage: 'broker', from: 5, to: 10 }, 11, 12])
  push(lines(13, 20))
  t.same(taken(), [13, 14, 15, 16, { lost: 4, reason: 'overflow', stage: 'broker', from: 17, to: 20 }])
  t.same(lost, { overflow: 10 })
})

t.test('latest keeps one', async t => {
  const { lost, taken, push } = waiting('latest', 100)
  push(lines(1, 1))
  push(lines(2, 5))
  t.same(taken(), [{ lost: 4, reason: 'superseded', stage: 'broker', from: 1, to: 4 }, 5])
  t.same(lost, { superseded: 4 })
})

t.test('block loses nothing, and says that it is full', async t => {
  const { queue, lost, taken, push } = waiting('block', 4)
  push(lines(1, 9))
  t.ok(queue.isFull)
  t.same([taken(), lost], [[1, 2, 3, 4, 5, 6, 7, 8, 9], {}])
})

t.test('the bound of bytes holds, too, but for one packet', async t => {
  const size = lines(1, 1).length
  const { taken, push } = waiting('drop-oldest', 100, 2 * size)
  push(lines(1, 3))
  t.same(taken(), [{ lost: 1, reason: 'overflow', stage: 'broker', from: 1, to: 1 }, 2, 3])
  const small = waiting('drop-oldest', 100, 1)
  small.push(lines(1, 1))
  t.same(small.taken(), [1])
})

t.test('what has expired while it waited is lost', async t => {
  const { lost, taken, push } = waiting('drop-oldest', 10)
  push(lines(1, 1))
  push(lines(2, 3, 100))
  push(lines(4, 4))
  t.same(taken(1e9, 100), [1, { lost: 2, reason: 'expired', stage: 'broker', from: 2, to: 3 }, 4])
  t.same(lost, { expired: 2 })
})

t.test('whatever comes and goes, each packet comes once, in order, or is in a gap', async () => {
  const act = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 300 }) }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom<InboxPolicy>('drop-oldest', 'drop-newest', 'latest', 'block'),
      fc.integer({ min: 1, max: 12 }),
      fc.array(act, { maxLength: 60 }),
      (policy, bound, acts) => {
        const { queue, lost, taken, push } = waiting(policy, bound)
        let next = 0
        const out: unknown[] = []
        for (const what of acts) {
          if ('push' in what) {
            push(lines(next, next + what.push - 1))
            next += what.push
          } else out.push(...taken(what.take))
        }
        out.push(...taken())
        let expected = 0
        let missing = 0
        for (const item of out) {
          if (typeof item === 'number') {
            if (item !== expected) return false
            expected++
          } else {
            const { from, to, lost: count } = Object(item)
            if (from !== expected || to !== expected + count - 1) return false
            expected = to + 1
            missing += count
          }
        }
        const total = Object.values(lost).reduce((sum, count) => sum + count, 0)
        return expected === next && missing === total && queue.packets === 0 && queue.bytes === 0
      },
    ),
    { numRuns: 500 },
  )
})
