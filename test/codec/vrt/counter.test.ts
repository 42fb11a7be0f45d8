// Packet counters, unrolled.

import t from 'tap'
import { Counter } from '../../../src/codec/vrt/counter.ts'

const data = (count: number) => (0x1460_0008 | (count << 16)) >>> 0
const context = (count: number) => (0x4060_0008 | (count << 16)) >>> 0

t.test('sixteen follows fifteen', async t => {
  const counter = new Counter()
  for (let seq = 0; seq < 50; seq++) t.same(counter.take(data((seq + 3) % 16), 7), { seq, gap: undefined })
})

t.test('each stream is counted alone, and its data apart from its context', async t => {
  const counter = new Counter()
  counter.take(data(4), 7)
  t.equal(counter.take(data(9), 8).gap, undefined)
  t.equal(counter.take(context(1), 7).gap, undefined)
  t.equal(counter.take(data(2), undefined).gap, undefined)
  t.equal(counter.take(data(5), 7).gap, undefined)
})

t.test('a count that stands still has lost fifteen, unless it never moved', async t => {
  const counter = new Counter()
  for (const count of [5, 5, 5]) t.equal(counter.take(data(count), 7).gap, undefined)
  t.equal(counter.take(data(6), 7).seq, 3)
  t.match(counter.take(data(6), 7), { seq: 19, gap: { lost: 15, from: 4, to: 18 } })
})
