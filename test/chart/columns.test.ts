// Bins in columns: no peak is ever skipped, whatever the widths.

import fc from 'fast-check'
import t from 'tap'
import { binsIn, columnMaxima, curveOf, highestOf, overlap, wholeRange } from '../../src/chart/columns.ts'

t.test('the highest of each column, and every bin is in one', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }), fc.nat(), (bins, columns, at) => {
      const peak = at % bins
      const levels = new Float32Array(bins).fill(-100)
      levels[peak] = 0
      const spacing = { start: 1e6, step: 12.5 }
      const { from, to } = wholeRange(spacing, bins)
      const edge = { from: from - 6.25, to: to + 6.25 }
      return columnMaxima(levels, spacing, edge, columns).some(level => level === 0)
    }),
  )
})

t.test('where there are more columns than bins, each has the bin it lies in', async t => {
  const spacing = { start: 0, step: 10 }
  t.same([...columnMaxima([1, 2], spacing, { from: -5, to: 15 }, 4)], [1, 1, 2, 2])
  t.same([...columnMaxima([1, 2], spacing, { from: -15, to: 25 }, 4)], [Number.NaN, 1, 2, Number.NaN])
})

t.test('a curve: every bin where there is room, the highest of each column where there is not', async t => {
  const spacing = { start: 100, step: 10 }
  const points = curveOf([1, 2, 3], spacing, { from: 100, to: 120 }, 10)
  t.same(points, [
    { x: 0, y: 1 },
    { x: 0.5, y: 2 },
    { x: 1, y: 3 },
  ])
  const many = curveOf(
    Float32Array.from({ length: 1_000_000 }, (_, k) => (k === 777_777 ? 9 : 0)),
    { start: 0, step: 1 },
    { from: 0, to: 999_999 },
    100,
  )
  t.equal(many.length, 100)
  t.equal(many[77]?.y, 9)
  t.equal(many.filter(({ y }) => y === 9).length, 1)
})

t.test('NaN is no level, and beside a level it does not count', async t => {
  t.equal(highestOf([Number.NaN, -3, Number.NaN], 0, 2), -3)
  t.ok(Number.isNaN(highestOf([Number.NaN], 0, 0)))
  t.equal(highestOf([Number.NEGATIVE_INFINITY], 0, 0), Number.NEGATIVE_INFINITY)
})

t.test('which bins a range touches', async t => {
  const spacing = { start: 0, step: 10 }
  t.same(binsIn(spacing, { from: 6, to: 24 }, 9), [1, 2])
  t.same(binsIn(spacing, { from: -99, to: 999 }, 9), [0, 8])
  const [first, last] = binsIn(spacing, { from: 500, to: 600 }, 9)
  t.ok(last < first)
  t.same(wholeRange(spacing, 1), { from: -5, to: 5 })
})

t.test('ranges that have something in common', async t => {
  const range = { from: 0, to: 10 }
  t.ok(overlap(range, { from: 9, to: 20 }) && overlap({ from: 9, to: 20 }, range) && overlap(range, { from: 2, to: 3 }))
  t.notOk(overlap(range, { from: 10, to: 20 }) || overlap({ from: -5, to: 0 }, range))
})
