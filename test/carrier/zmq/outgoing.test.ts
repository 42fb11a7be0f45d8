// Batches on their way out: cut into slices, made and encoded once however many ask.

import t from 'tap'
import { outgoing, SLICE, sizeOf } from '../../../src/carrier/zmq/outgoing.ts'
import { type Packet, packet } from '../../../src/packet.ts'
import type { Message } from '../../../src/zmtp/message.ts'

/** Packets that know their size; `made` and `encoded` count the calls. */
function batchOf(sizes: readonly number[], refuse: readonly number[] = []) {
  const counts = { made: 0, encoded: 0 }
  const make = ({ meta, data }: Packet): Message | undefined => {
    counts.made++
    return refuse.includes(Number(meta['seq'])) ? undefined : [Buffer.from(`${meta['seq']}`), data]
  }
  const encode = (messages: readonly Message[]) => {
    counts.encoded++
    return messages.flat()
  }
  const batch = sizes.map((size, seq) => packet({ seq }, new Uint8Array(size)))
  return { counts, out: outgoing(batch, make, encode) }
}

const seqs = (messages: readonly Message[]) => messages.map(([meta]) => Number(Buffer.from(meta ?? []).toString()))

t.test('a slice ends once it is large, and holds one message at least', async t => {
  const { out } = batchOf([10, 10, SLICE, 10, 2 * SLICE, 10])
  const first = out.slice(0)
  t.same(seqs(first.messages), [0, 1, 2])
  t.same(seqs(out.slice(first.to).messages), [3, 4])
  t.same(seqs(out.slice(5).messages), [5])
  t.equal(out.slice(5).to, 6)
})

t.test('messages are made once, and only those that are asked for', async t => {
  const { out, counts } = batchOf([1, 1, 1, 1])
  t.ok(out.message(3))
  t.equal(out.message(3), out.message(3))
  t.equal(counts.made, 1)
  t.equal(out.slice(0), out.slice(0))
  t.equal(counts.made, 4)
})

t.test('a slice is encoded once', async t => {
  const { out, counts } = batchOf([1, 1])
  t.equal(out.slice(0).encoded, out.slice(0).encoded)
  t.equal(counts.encoded, 1)
})

t.test('what cannot be sent is passed over, and asked for once', async t => {
  const { out, counts } = batchOf([1, 1, 1], [0, 2])
  t.equal(out.message(0), undefined)
  t.equal(out.message(0), undefined)
  t.same(seqs(out.slice(0).messages), [1])
  t.equal(counts.made, 3)
  t.match(batchOf([1], [0]).out.slice(0), { messages: [], to: 1 })
})

t.test('a part of a batch is cut like a whole one', async t => {
  const { out } = batchOf([1, SLICE, 1, SLICE, 1])
  const odd = out.filter(([meta]) => Number(Buffer.from(meta ?? []).toString()) % 2 === 1)
  t.equal(odd.length, 2)
  t.same(seqs(odd.slice(0).messages), [1])
  t.same(seqs(odd.slice(1).messages), [3])
})

t.test('the size of a message is that of its parts', async t => {
  t.equal(sizeOf([Buffer.alloc(3), Buffer.alloc(0), Buffer.alloc(4)]), 7)
})
