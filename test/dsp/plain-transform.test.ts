// The plain way: what its rows hold, and how mirrored power is counted. Agreement with the others is in transform.test.ts.

import t from 'tap'
import { mirrorFactor, plainTransform } from '../../src/dsp/plain-transform.ts'
import { distance } from '../support/spectrum.ts'

t.test('a constant and a square wave, by hand', async t => {
  const settings = {
    size: 4,
    double: true,
    scale: 'power',
    shift: false,
    weights: new Float64Array(4).fill(0.25),
  } as const
  const real = plainTransform({ ...settings, complex: false, oneSided: true })
  t.equal(real.bins, 3)
  real.input.set([1, -1, 1, -1, 1, 1, 1, 1, 1, 0, -1, 0])
  t.ok(distance(real.run(0, 4, 3).subarray(0, 9), [0, 0, 1, 1, 0, 0, 0, 0.5, 0]) < 1e-15)
  const complex = plainTransform({ ...settings, complex: true, oneSided: false })
  t.equal(complex.bins, 4)
  complex.input.set([1, 0, 0, 1, -1, 0, 0, -1])
  t.same([...complex.run(0, 4, 1).subarray(0, 4)], [0, 1, 0, 0])
})

t.test('the power of a line is that of its mirror, too', async t => {
  t.same(
    [0, 1, 2].map(k => mirrorFactor(k, 4)),
    [1, Math.SQRT2, 1],
  )
  t.same(
    [0, 1, 2].map(k => mirrorFactor(k, 5)),
    [1, Math.SQRT2, Math.SQRT2],
  )
})

t.test('there is room for one block of any size', async t => {
  const size = 100_000
  const weights = new Float64Array(size)
  const transform = plainTransform({
    size,
    weights,
    complex: true,
    double: false,
    scale: 'db',
    shift: true,
    oneSided: true,
  })
  t.equal(transform.blocks, 1)
  t.ok(transform.input.length >= 2 * size)
})
