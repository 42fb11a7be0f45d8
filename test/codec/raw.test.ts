// Raw bytes: cut into packets, written without anything around them.

import t from 'tap'
import type { DecodeOptions } from '../../src/codec/codec.ts'
import { raw } from '../../src/codec/raw.ts'
import { UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { cuttings, decodeAll, noReject } from '../support/chunking.ts'

const BYTES = Uint8Array.from({ length: 1003 }, (_, i) => i % 256)

function decode(chunks: readonly Uint8Array[], options: Partial<DecodeOptions> = {}) {
  return decodeAll(reject => raw.decoder({ source: 'in', reject, ...options }), chunks)
}

t.test('every chunking gives the same packets', async t => {
  const options = { dtype: 'ci16_le', chunk: 97, sampleRate: 2.4e6 }
  const whole = decode([BYTES], options)
  t.equal(whole.packets.length, 11)
  t.same(whole.packets[0]?.meta, { dtype: 'ci16_le', shape: [24], sample_rate: 2.4e6, seq: 0 })
  t.same(whole.packets[10]?.meta, { dtype: 'ci16_le', shape: [10], sample_rate: 2.4e6, seq: 10 })
  t.equal(whole.packets.map(({ data }) => data).join(''), Buffer.from(BYTES.subarray(0, 1000)).toString('hex'))
  t.match(whole.rejects, [
    { reason: 'truncated', offset: 1000, bytes: Buffer.from(BYTES.subarray(1000)).toString('latin1') },
  ])
  for (const { name, chunks } of cuttings(BYTES)) t.same(decode(chunks, options), whole, name)
})

t.test('the last packet may be short, with its real shape', async t => {
  const { packets } = decode([BYTES], { chunk: 1000 })
  t.same(
    packets.map(({ meta }) => meta),
    [
      { dtype: 'uint8', shape: [1000], seq: 0 },
      { dtype: 'uint8', shape: [3], seq: 1 },
    ],
  )
  t.same(decode([]).packets, [])
})

t.test('arrays of one shape are cut whole, and nothing else', async t => {
  const options = { dtype: 'uint16', shape: [10, 25] }
  const whole = decode([BYTES], options)
  t.same(
    whole.packets.map(({ meta }) => meta),
    [
      { dtype: 'uint16', shape: [10, 25], seq: 0 },
      { dtype: 'uint16', shape: [10, 25], seq: 1 },
    ],
  )
  t.match(whole.rejects, [{ reason: 'truncated', offset: 1000, bytes: 'èéê' }])
  for (const { name, chunks } of cuttings(BYTES)) t.same(decode(chunks, options), whole, name)
})

t.test('only data is written', async t => {
  const chunks = raw.encoder({ reject: noReject }).push([packet({ a: 1 }), packet({ b: 2 }, BYTES)])
  t.equal(chunks.length, 1)
  t.equal(chunks[0], BYTES)
})

t.test('what cannot be is said before anything is read', async t => {
  t.throws(() => decode([], { dtype: 'floaty' }), UsageError)
  t.throws(() => decode([], { dtype: 'complex64', chunk: 7 }), /at least 8/)
  t.throws(() => decode([], { chunk: 100, maxPacket: 99 }), /at most 99/)
  t.throws(() => decode([], { chunk: 100, shape: [10] }), /one of them/)
  t.throws(() => decode([], { shape: [10, 0] }), /holds nothing/)
})

t.test('as they come: whole elements at once, nothing held back but a part of one', async t => {
  const options = { dtype: 'int16', asTheyCome: true }
  const lengths = (chunks: readonly number[]) =>
    decode(
      chunks.map((length, index) => new Uint8Array(length).fill(index)),
      options,
    ).packets.map(({ data }) => data.length / 2)
  t.same(lengths([6, 4]), [6, 4])
  t.same(lengths([5, 2, 1]), [4, 2, 2])
  t.same(lengths([1, 1]), [2])
  t.match(decode([new Uint8Array(3)], options).rejects, [{ reason: 'truncated', offset: 2 }])
  t.same(
    decode([new Uint8Array(8)], { ...options, chunk: 4 }).packets.map(({ data }) => data.length / 2),
    [4, 4],
    'a chunk is a chunk',
  )
})
