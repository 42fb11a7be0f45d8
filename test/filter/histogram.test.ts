// Percentiles in bounded memory.

import t from 'tap'
import { Histogram } from '../../src/filter/histogram.ts'

t.test('percentiles are right within 1%', async t => {
  const histogram = new Histogram()
  for (let value = 1; value <= 100_000; value++) histogram.add(value)
  for (const fraction of [0.01, 0.5, 0.9, 0.99, 0.999]) {
    const found = histogram.percentile(fraction)
    t.ok(Math.abs(found / (fraction * 100_000) - 1) < 0.011, `${fraction}: ${found}`)
  }
  t.equal(histogram.percentile(1), 100_000)
  t.equal(histogram.max, 100_000)
})

t.test('one value is all percentiles; what is below one is one', async t => {
  const histogram = new Histogram()
  histogram.add(0)
  t.equal(histogram.percentile(0.5), 0)
  histogram.add(2 ** 60)
  t.equal(histogram.percentile(0.5), 1)
  t.equal(histogram.max, 2 ** 60)
})
