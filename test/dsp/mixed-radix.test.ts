// Sizes taken apart into factors, and the transform by each kind of them.

import t from 'tap'
import { factorsOf, mixedRadix } from '../../src/dsp/mixed-radix.ts'
import { complexDistance, directTransform, randomComplex } from '../support/spectrum.ts'

t.test('a size is the product of its factors, fours first', async t => {
  t.same(factorsOf(1), [])
  t.same(factorsOf(1024), [4, 4, 4, 4, 4])
  t.same(factorsOf(2048), [4, 4, 4, 4, 4, 2])
  t.same(factorsOf(1000), [4, 2, 5, 5, 5])
  t.same(factorsOf(31 * 49), [7, 7, 31])
})

t.test('a great prime factor is one too many', async t => {
  for (const size of [37, 74, 2 * 31 * 41, 10_007]) t.equal(factorsOf(size), undefined, `${size}`)
})

t.test('the order of the factors makes no difference', async t => {
  const z = randomComplex(120, 'order')
  const expected = directTransform(z)
  for (const factors of [
    [4, 2, 3, 5],
    [5, 3, 2, 4],
    [2, 2, 2, 3, 5],
    [15, 4, 2],
  ]) {
    const made = { re: z.re.slice(), im: z.im.slice() }
    mixedRadix(120, factors)(made)
    t.ok(complexDistance(made, expected) < 1e-12, factors.join(' × '))
  }
})
