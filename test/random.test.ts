// Seeded random numbers: reproducible, independent, and distributed as they say.

import t from 'tap'
import { Random, randomStream, sfc32 } from '../src/random.ts'

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32())

t.test('the same seed gives the same numbers, another seed or purpose others', async t => {
  t.same(draw(randomStream('7', 'a'), 20), draw(randomStream('7', 'a'), 20))
  t.notSame(draw(randomStream('7', 'a'), 20), draw(randomStream('8', 'a'), 20))
  t.notSame(draw(randomStream('7', 'a'), 20), draw(randomStream('7', 'b'), 20))
  t.notSame(draw(randomStream(undefined, 'a'), 20), draw(randomStream(undefined, 'a'), 20))
})

t.test('the numbers of one seed are fixed for ever', async t => {
  t.same(draw(new Random(sfc32('1')), 4), [2177472010, 1330816636, 51334623, 480165370])
})

t.test('whole numbers are uniform from end to end', async t => {
  const random = randomStream('uniform', 'integer')
  const counts = new Map<number, number>()
  for (let index = 0; index < 201_000; index++) {
    const value = random.integer(-100, 100)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  t.equal(counts.size, 201)
  t.equal(Math.min(...counts.keys()), -100)
  t.equal(Math.max(...counts.keys()), 100)
  // Chi-square with 200 degrees of freedom: mean 200, standard deviation 20.
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  t.ok(chiSquare > 120 && chiSquare < 280, `chi-square ${chiSquare}`)
})

t.test('normal numbers have mean 0 and deviation 1', async t => {
  const random = randomStream('normal', 'gaussian')
  const values = Array.from({ length: 100_000 }, () => random.gaussian())
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  t.ok(Math.abs(mean) < 0.015, `mean ${mean}`)
  t.ok(Math.abs(variance - 1) < 0.03, `variance ${variance}`)
})
