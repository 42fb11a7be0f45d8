// Averages: of groups and running, of what came before an end, and after a new start.

import t from 'tap'
import { AVERAGINGS, type Averaging, makeAverage } from '../../src/dsp/averaging.ts'
import { UsageError } from '../../src/errors.ts'

const ROWS = [
  [1, 10],
  [3, 0],
  [2, 20],
  [8, 6],
  [4, 4],
]

function results(kind: Averaging, count?: number) {
  const average = makeAverage(kind, count)
  const made: (readonly number[])[] = []
  for (const row of ROWS) if (average.add(Float32Array.from(row))) made.push([...(average.take() ?? [])])
  return { made, rest: average.rows, last: [...(average.take() ?? [])] }
}

t.test('of groups; the rest at the end is one, too', async t => {
  t.same(results('mean', 2), {
    made: [
      [2, 5],
      [5, 13],
    ],
    rest: 1,
    last: [4, 4],
  })
  t.same(results('max-hold', 3), { made: [[3, 20]], rest: 2, last: [8, 6] })
  t.same(results('min-hold', 3), { made: [[1, 0]], rest: 2, last: [4, 4] })
  t.same(results('median', 3), { made: [[2, 10]], rest: 2, last: [6, 5] })
  t.same(results('mean', 1).made, ROWS)
})

t.test('running', async t => {
  t.same(results('max-hold').made, [
    [1, 10],
    [3, 10],
    [3, 20],
    [8, 20],
    [8, 20],
  ])
  t.same(results('min-hold').made, [
    [1, 10],
    [1, 0],
    [1, 0],
    [1, 0],
    [1, 0],
  ])
  t.same(results('exponential', 2).made, [
    [1, 10],
    [2, 5],
    [2, 12.5],
    [5, 9.25],
    [4.5, 6.625],
  ])
})

t.test('after a reset nothing is left', async t => {
  for (const kind of AVERAGINGS) {
    const average = makeAverage(kind, 3)
    t.equal(average.take(), undefined, kind)
    average.add(Float64Array.of(100))
    average.reset()
    t.equal(average.take(), undefined, kind)
    average.add(Float64Array.of(1))
    t.same([...(average.take() ?? [])], [1], kind)
  }
})

t.test('what needs a number of rows says so', async t => {
  for (const kind of ['mean', 'exponential', 'median'] as const)
    t.throws(() => makeAverage(kind, undefined), { constructor: UsageError, message: /--average/ })
  t.throws(() => makeAverage('mean', 0), UsageError)
})
