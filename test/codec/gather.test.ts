// Pieces of a record: held as they are, joined once.

import t from 'tap'
import { asBuffer, Gather } from '../../src/codec/gather.ts'

t.test('pieces of any size are joined in order', async t => {
  const whole = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251))
  for (const size of [1, 100, 16384, 50_000]) {
    const gather = new Gather()
    for (let at = 0; at < whole.length; at += size) gather.add(whole.subarray(at, at + size))
    t.equal(gather.length, whole.length)
    t.ok(gather.take().equals(whole), `pieces of ${size}`)
    t.equal(gather.length, 0)
    t.equal(gather.take().length, 0)
  }
})

t.test('a single piece is given back as it came', async t => {
  const gather = new Gather()
  const piece = Buffer.from('abc')
  gather.add(piece)
  gather.add(Buffer.alloc(0))
  t.equal(gather.take(), piece)
})

t.test('bytes become a Buffer without a copy', async t => {
  const bytes = new Uint8Array([0, 1, 2, 3]).subarray(1)
  const buffer = asBuffer(bytes)
  t.same([...buffer], [1, 2, 3])
  t.equal(buffer.buffer, bytes.buffer)
  t.equal(asBuffer(buffer), buffer)
})
