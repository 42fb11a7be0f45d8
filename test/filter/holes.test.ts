// Which numbers of a sequence are missing.

import t from 'tap'
import { Holes } from '../../src/filter/holes.ts'
import { randomStream } from '../../src/random.ts'

const holes = (first: number | undefined = 0, window = 100) => new Holes({ first, window, remembered: 10 })

t.test('numbers in order leave no hole; a skipped one does, until it comes', async t => {
  const seen = holes()
  t.same(
    [0, 1, 4].map(seq => seen.arrive(seq)),
    ['next', 'next', 'next'],
  )
  t.same(seen.ranges, [[2, 3]])
  t.equal(seen.missing, 2)
  t.equal(seen.arrive(3), 'late')
  t.same(seen.ranges, [[2, 2]])
  t.equal(seen.arrive(3), 'repeated')
  t.equal(seen.arrive(2), 'late')
  t.same([seen.missing, seen.ranges], [0, []])
})

t.test('what is missing before the first counts, unless the stream was joined midway', async t => {
  const whole = holes()
  whole.arrive(5)
  t.same(whole.ranges, [[0, 4]])
  const midway = new Holes({ first: undefined, window: 100, remembered: 10 })
  t.equal(midway.arrive(5), 'next')
  t.same(midway.ranges, [])
})

t.test('further back than the window nobody can tell any more', async t => {
  const seen = holes(0, 100)
  seen.arrive(10)
  seen.arrive(500)
  t.equal(seen.arrive(3), 'stale')
  t.equal(seen.arrive(400), 'stale')
  t.equal(seen.arrive(401), 'late')
  t.equal(seen.missing, 10 + 489 - 1)
  t.same(seen.ranges[0], [0, 9], 'the final hole is remembered')
})

t.test('any order of any subset is counted exactly', async t => {
  const random = randomStream('holes', 'order')
  const seen = new Holes({ first: 0, window: 1000, remembered: 1000 })
  const order = Array.from({ length: 500 }, (_, seq) => seq).filter(() => random.fraction() < 0.8)
  for (let index = order.length - 1; index > 0; index--) {
    const other = random.integer(0, index)
    ;[order[index], order[other]] = [order[other] ?? 0, order[index] ?? 0]
  }
  for (const seq of order) t.not(seen.arrive(seq), 'repeated')
  for (const seq of order) t.equal(seen.arrive(seq), 'repeated')
  const missing = new Set(
    seen.ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
  )
  t.equal(missing.size, seen.missing)
  t.equal(missing.size + order.length, seen.next)
  t.notOk(order.some(seq => missing.has(seq)))
})
