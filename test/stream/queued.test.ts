// A sink behind a queue: never waited for, and its errors are not lost.

import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import { BoundedQueue } from '../../src/stream/queue.ts'
import { queued } from '../../src/stream/queued.ts'
import type { Sink } from '../../src/stream/step.ts'

/** Takes a batch when told to. */
function slowSink() {
  const seen: unknown[] = []
  const waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []
  /** How much had been written at each commit. */
  const commits: number[] = []
  let closed = false
  const sink: Sink = {
    write(batch) {
      seen.push(...batch.map(({ meta }) => meta['seq'] ?? meta['gap']))
      return new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
    },
    async commit() {
      commits.push(seen.length)
    },
    async close() {
      closed = true
    },
  }
  return { sink, seen, waiting, commits, isClosed: () => closed }
}

function batch(...seqs: number[]): Batch {
  return seqs.map(seq => packet({ seq }))
}

function behindQueue(sink: Sink) {
  const count = new StageCount()
  return { all: queued(sink, new BoundedQueue({ policy: 'drop-oldest', packets: 2, stage: 'test', count })), count }
}

t.test('the writer never waits; what is too much is lost and announced; close waits for the rest', async t => {
  const slow = slowSink()
  const { all, count } = behindQueue(slow.sink)
  for (const seq of [1, 2, 3, 4, 5]) t.equal(all.write(batch(seq)), undefined)
  t.same(slow.seen, [1])
  const closing = all.close()
  slow.waiting.shift()?.resolve()
  await new Promise(resolve => setImmediate(resolve))
  t.same(slow.seen, [1, { lost: 2, reason: 'overflow', stage: 'test', from: 2, to: 3 }, 4, 5])
  t.notOk(slow.isClosed())
  slow.waiting.shift()?.resolve()
  await closing
  t.ok(slow.isClosed())
  t.equal(count.lost, 2)
})

t.test('a sink that is quick is written straight through', async t => {
  const seen: Batch[] = []
  const { all, count } = behindQueue({ write: given => void seen.push(given), async close() {} })
  const large = batch(1, 2, 3, 4, 5)
  all.write(large)
  all.write(large)
  t.equal(seen[1], large)
  t.equal(count.lost, 0)
})

t.test('an error is thrown at the next call', async t => {
  const slow = slowSink()
  const { all } = behindQueue(slow.sink)
  all.write(batch(1))
  slow.waiting.shift()?.reject(new Error('broken'))
  await new Promise(resolve => setImmediate(resolve))
  t.throws(() => all.write(batch(2)), { message: 'broken' })
  await t.rejects(all.close(), { message: 'broken' })
})

t.test('a commit waits until the sink has taken all that was queued, and fails if it could not', async t => {
  const slow = slowSink()
  const { all } = behindQueue(slow.sink)
  all.write(batch(1))
  all.write(batch(2))
  const committed = all.commit?.()
  t.same(slow.commits, [])
  slow.waiting.shift()?.resolve()
  await new Promise(resolve => setImmediate(resolve))
  t.same(slow.commits, [], 'the second is on its way only')
  slow.waiting.shift()?.resolve()
  await committed
  t.same(slow.commits, [2])

  all.write(batch(3))
  slow.waiting.shift()?.reject(new Error('broken'))
  await t.rejects(Promise.resolve(all.commit?.()), { message: 'broken' })
  t.same(slow.commits, [2])
})

t.test('an abort waits for nothing; a sink that knows no abort is closed', async t => {
  const slow = slowSink()
  const { all } = behindQueue(slow.sink)
  all.write(batch(1))
  all.write(batch(2))
  await all.abort?.()
  t.ok(slow.isClosed())
  t.same(slow.seen, [1], 'what was queued is not written any more')

  const ends: string[] = []
  const sink = { write() {}, close: async () => void ends.push('close'), abort: async () => void ends.push('abort') }
  await behindQueue(sink).all.abort?.()
  t.same(ends, ['abort'])
})
