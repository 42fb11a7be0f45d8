// A peer's outbox against a connection that takes as much as the test lets it: policies, bounds, exact counts.

import fc from 'fast-check'
import t from 'tap'
import { Outbox, type Wire } from '../../../src/carrier/zmq/outbox.ts'
import { type Outgoing, outgoing, SLICE } from '../../../src/carrier/zmq/outgoing.ts'
import { StageCount } from '../../../src/stream/ledger.ts'
import { POLICIES, type Policy } from '../../../src/stream/policy.ts'
import type { Message } from '../../../src/zmtp/message.ts'
import { numbered } from '../../support/carrier.ts'

const encode = (messages: readonly Message[]) => messages.map(message => Buffer.concat(message))

/** The system takes `room` bytes at once; the rest waits until `take`. */
class TestWire implements Wire {
  readonly encode = encode
  readonly clear = true
  readonly written: string[] = []
  waiting = 0
  room = 0

  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      this.written.push(Buffer.from(chunk).toString().trim())
      const taken = this.waiting === 0 ? Math.min(this.room, chunk.length) : 0
      this.room -= taken
      this.waiting += chunk.length - taken
    }
  }

  /** The system takes what waits, and so many bytes of what comes. */
  take(outbox: Outbox, room = 0): void {
    this.waiting = 0
    this.room = room
    outbox.flushed()
  }
}

interface Options {
  readonly policy: Policy
  readonly packets?: number
  readonly bytes?: number
}

function outboxOf({ policy, packets = 4, bytes = 2 ** 30 }: Options) {
  const wire = new TestWire()
  const total = new StageCount()
  return { wire, total, outbox: new Outbox(wire, { policy, packets, bytes, total }) }
}

function batch(from: number, to: number, size = 8): Outgoing {
  const make = ({ meta }: { meta: { seq?: unknown } }) => [Buffer.from(String(meta.seq).padEnd(size))]
  return outgoing(numbered(to - from + 1, from), make, encode)
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`)

t.test('what the system takes is sent at once, whatever the policy', async t => {
  for (const policy of POLICIES) {
    const { wire, outbox, total } = outboxOf({ policy })
    wire.room = 2 ** 20
    outbox.offer(batch(1, 1000))
    t.same(outbox.counts, { written: 1000, sent: 1000, dropped: {}, pending: 0 }, policy)
    t.equal(total.out, 1000)
    t.equal(total.bytes, 8000)
  }
})

t.test('latest: one in flight, the newest waits, all between is superseded', async t => {
  const { wire, outbox } = outboxOf({ policy: 'latest' })
  for (let seq = 1; seq <= 10; seq++) outbox.offer(batch(seq, seq))
  t.same(wire.written, ['1'])
  t.same(outbox.counts, { written: 10, sent: 0, dropped: { superseded: 8 }, pending: 2 })
  wire.take(outbox)
  t.same(wire.written, ['1', '10'])
  t.same(outbox.counts, { written: 10, sent: 1, dropped: { superseded: 8 }, pending: 1 })
  wire.take(outbox)
  t.same(outbox.counts, { written: 10, sent: 2, dropped: { superseded: 8 }, pending: 0 })
})

t.test('latest: of a large batch a slice goes out, then the last packet', async t => {
  const { wire, outbox } = outboxOf({ policy: 'latest' })
  outbox.offer(batch(1, 20, SLICE / 8))
  t.same(wire.written, range(1, 8))
  wire.take(outbox)
  t.same(wire.written.slice(8), ['20'])
  t.same(outbox.counts, { written: 20, sent: 8, dropped: { superseded: 11 }, pending: 1 })
})

t.test('latest: a last packet that cannot be sent does not push out the one before', async t => {
  const { wire, outbox } = outboxOf({ policy: 'latest' })
  outbox.offer(batch(1, 1))
  const make = ({ meta }: { meta: { seq?: unknown } }) => (meta.seq === 4 ? undefined : [Buffer.from(String(meta.seq))])
  outbox.offer(outgoing(numbered(3, 2), make, encode))
  wire.take(outbox)
  t.same(wire.written, ['1', '3'])
})

t.test('drop-oldest: the newest that fit wait', async t => {
  const { wire, outbox, total } = outboxOf({ policy: 'drop-oldest', packets: 4 })
  outbox.offer(batch(1, 1))
  outbox.offer(batch(2, 20))
  t.same(outbox.counts, { written: 20, sent: 0, dropped: { overflow: 15 }, pending: 5 })
  wire.take(outbox, 2 ** 20)
  t.same(wire.written, ['1', ...range(17, 20)])
  t.equal(total.dropped.get('overflow'), 15)
})

t.test('drop-newest: the oldest that fit wait', async t => {
  const { wire, outbox } = outboxOf({ policy: 'drop-newest', packets: 4 })
  outbox.offer(batch(1, 1))
  outbox.offer(batch(2, 20))
  t.same(outbox.counts, { written: 20, sent: 0, dropped: { overflow: 15 }, pending: 5 })
  wire.take(outbox, 2 ** 20)
  t.same(wire.written, range(1, 5))
})

t.test('what waits is bounded in bytes, too', async t => {
  for (const policy of ['drop-oldest', 'drop-newest'] as const) {
    const { outbox } = outboxOf({ policy, packets: 1000, bytes: 50 })
    outbox.offer(batch(1, 1))
    outbox.offer(batch(2, 100, 10))
    t.equal(outbox.counts.pending, 1 + 5, policy)
  }
})

t.test('block: drops nothing, and asks to wait until there is room', async t => {
  const { wire, outbox } = outboxOf({ policy: 'block', packets: 1 })
  t.equal(outbox.room(), undefined)
  outbox.offer(batch(1, 100, SLICE))
  const room = outbox.room()
  t.ok(room)
  t.equal(wire.written.length, 16, 'a megabyte is written ahead')
  let waited = false
  room?.then(() => {
    waited = true
  })
  wire.take(outbox)
  await Promise.resolve()
  t.notOk(waited)
  wire.take(outbox, 2 ** 30)
  await room
  t.same(wire.written, range(1, 100))
  t.same(outbox.counts, { written: 100, sent: 100, dropped: {}, pending: 0 })
  t.equal(outbox.room(), undefined)
})

t.test('order holds while some wait and some could go at once', async t => {
  const { wire, outbox } = outboxOf({ policy: 'drop-oldest', packets: 100 })
  outbox.offer(batch(1, 3))
  outbox.offer(batch(4, 6))
  wire.waiting = 0
  outbox.offer(batch(7, 9))
  wire.take(outbox, 1000)
  t.same(wire.written, range(1, 9))
})

t.test('drained when the system has everything', async t => {
  const { wire, outbox } = outboxOf({ policy: 'drop-oldest' })
  t.equal(outbox.drained(), undefined)
  outbox.offer(batch(1, 1))
  outbox.offer(batch(2, 3))
  const drained = outbox.drained()
  wire.take(outbox)
  wire.take(outbox)
  await drained
  t.equal(outbox.counts.sent, 3)
})

t.test('closed: what is left is dropped by the reason, and nobody waits any more', async t => {
  const { outbox, total } = outboxOf({ policy: 'block' })
  outbox.offer(batch(1, 40, SLICE))
  const waiting = [outbox.room(), outbox.drained()]
  outbox.close('peer left')
  await Promise.all(waiting)
  t.same(outbox.counts, { written: 40, sent: 0, dropped: { 'peer left': 40 }, pending: 0 })
  t.equal(total.dropped.get('peer left'), 40)
  outbox.offer(batch(41, 42))
  t.equal(outbox.counts.written, 40)
})

t.test('reclaimed: what waits was never written to this peer', async t => {
  const { outbox } = outboxOf({ policy: 'drop-newest', packets: 10 })
  outbox.offer(batch(1, 1))
  outbox.offer(batch(2, 5))
  t.equal(outbox.reclaim().length, 4)
  t.same(outbox.counts, { written: 1, sent: 0, dropped: {}, pending: 1 })
})

t.test('whatever happens, the counts add up and what was sent is in order', async t => {
  const step = fc.oneof(
    fc.record({ offer: fc.integer({ min: 1, max: 30 }), size: fc.constantFrom(4, 1000, SLICE) }),
    fc.record({ room: fc.integer({ min: 0, max: 3 * SLICE }) }),
  )
  const whatever = fc.property(fc.constantFrom(...POLICIES), fc.array(step, { maxLength: 40 }), (policy, steps) => {
    const { wire, outbox, total } = outboxOf({ policy, packets: 5, bytes: 2 * SLICE })
    let seq = 0
    for (const item of steps) {
      if ('room' in item) wire.take(outbox, item.room)
      else {
        outbox.offer(batch(seq + 1, seq + item.offer, item.size))
        seq += item.offer
      }
      const { written, sent, dropped, pending } = outbox.counts
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      if (written !== seq || written !== sent + lost + pending) return false
      if (total.out !== sent || total.lost !== lost) return false
    }
    const order = wire.written.map(Number)
    const newest = policy === 'latest' || policy === 'drop-oldest'
    for (let i = 0; i < 50; i++) wire.take(outbox, 2 ** 30)
    if (newest && seq > 0 && Number(wire.written.at(-1)) !== seq) return false
    return order.every((value, i) => i === 0 || value > (order[i - 1] ?? 0))
  })
  t.doesNotThrow(() => fc.assert(whatever))
})
