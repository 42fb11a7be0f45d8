// The way around by a convolution, where it is needed and where it is not.

import t from 'tap'
import { bluestein } from '../../src/dsp/bluestein.ts'
import { complexDistance, directTransform, randomComplex } from '../support/spectrum.ts'

t.test('it agrees with the definition, for each size, and again with the same plan', async t => {
  for (const size of [1, 2, 3, 16, 37, 41, 64, 65, 97, 211]) {
    const transform = bluestein(size)
    for (const seed of ['first', 'second']) {
      const z = randomComplex(size, seed)
      const expected = directTransform(z)
      transform(z)
      t.ok(complexDistance(z, expected) < 1e-13 * Math.max(10, size), `${size} ${seed}`)
    }
  }
})
