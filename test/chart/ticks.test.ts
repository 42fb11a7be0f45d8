// Ticks at round values, never too many, in every range.

import fc from 'fast-check'
import t from 'tap'
import { niceRange, niceStep, ticksOf } from '../../src/chart/ticks.ts'

t.test('a band of frequencies', async t => {
  const { ticks, unit } = ticksOf({ from: 97.5e6, to: 98.5e6 }, 6, 'Hz')
  t.equal(unit, 'MHz')
  t.same(
    ticks.map(({ label }) => label),
    ['97.6', '97.8', '98.0', '98.2', '98.4'],
  )
})

t.test('levels have no prefix', async t => {
  const { ticks, unit } = ticksOf({ from: -120, to: 0 }, 4, 'dBm')
  t.equal(unit, 'dBm')
  t.same(
    ticks.map(({ label }) => label),
    ['−100', '−50', '0'],
  )
})

t.test('in every range: inside, in order, not more than asked for', async () => {
  const range = fc.tuple(
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.double({ min: 1e-6, max: 1e12, noNaN: true }),
  )
  fc.assert(
    fc.property(range, fc.integer({ min: 2, max: 20 }), ([from, width], most) => {
      const to = from + width
      const values = ticksOf({ from, to }, most, 'Hz').ticks.map(({ value }) => value)
      const slack = width * 1e-3 + Math.abs(from) * 1e-9
      return values.length <= most + 1 && values.every(value => value >= from - slack && value <= to + slack)
    }),
  )
})

t.test('an empty range has none, and a flat one is widened', async t => {
  t.same(ticksOf({ from: 1, to: 1 }, 5, '').ticks, [])
  t.same(ticksOf({ from: Number.NaN, to: 1 }, 5, '').ticks, [])
  t.same(niceRange({ from: 1, to: 9 }), { from: 0, to: 10 })
  const { from, to } = niceRange({ from: 20, to: 20 })
  t.ok(from < 20 && to > 20)
  t.same(niceRange({ from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY }), { from: 0, to: 1 })
  t.equal(niceStep(0.7), 1)
  t.equal(niceStep(3), 5)
  t.equal(niceStep(Number.POSITIVE_INFINITY), 0)
})
