// Every way from blocks to rows agrees with the transform's definition, for complex and real samples.

import t from 'tap'
import { kernelTransform } from '../../src/dsp/kernel-transform.ts'
import { mirrorFactor, plainTransform } from '../../src/dsp/plain-transform.ts'
import { complex } from '../../src/dsp/roots.ts'
import { numbersPerBin, putBin } from '../../src/dsp/scale.ts'
import { makeTransform, type TransformSettings } from '../../src/dsp/transform.ts'
import { directTransform, distance, randomNumbers } from '../support/spectrum.ts'

/** The row of the block at a sample, by the definition. */
function expected(input: ArrayLike<number>, first: number, settings: TransformSettings): Float64Array {
  const { size, weights, scale, shift, oneSided } = settings
  const z = complex(size)
  for (let n = 0; n < size; n++) {
    const at = settings.complex ? 2 * (first + n) : first + n
    z.re[n] = (input[at] ?? 0) * (weights[n] ?? 0)
    z.im[n] = settings.complex ? (input[at + 1] ?? 0) * (weights[n] ?? 0) : 0
  }
  const { re, im } = directTransform(z)
  const bins = settings.complex ? size : Math.floor(size / 2) + 1
  const row = new Float64Array(bins * numbersPerBin(scale))
  for (let k = 0; k < bins; k++) {
    const place = settings.complex && shift ? (k + Math.floor(size / 2)) % size : k
    const factor = !settings.complex && oneSided ? mirrorFactor(k, size) : 1
    putBin(row, place, scale, (re[k] ?? 0) * factor, (im[k] ?? 0) * factor)
  }
  return row
}

const CASES = [true, false].flatMap(isComplex =>
  [false, true].flatMap(double => [12, 15, 32, 64, 100].map(size => ({ complex: isComplex, double, size }))),
)

for (const scale of ['complex', 'magnitude', 'power', 'db'] as const) {
  t.test(`${scale}: complex and real, single and double, even and odd sizes, overlapping blocks`, async t => {
    for (const one of CASES) {
      const weights = randomNumbers(one.size, 'weights').map(weight => 1 + weight / 2)
      for (const flag of [false, true]) {
        const settings = { ...one, scale, weights, shift: flag, oneSided: flag }
        const transform = makeTransform(settings)
        transform.input.set(randomNumbers(transform.input.length, 'samples'))
        const rows = transform.run(3, 5, Math.min(3, transform.blocks))
        const length = transform.bins * numbersPerBin(scale)
        for (let row = 0; row < Math.min(3, transform.blocks); row++) {
          const right = expected(transform.input, 3 + 5 * row, settings)
          const tolerance = (one.double ? 1e-11 : 1e-4) * (scale === 'db' ? 10 : 1)
          const made = rows.subarray(row * length, (row + 1) * length)
          t.ok(distance(made, right) < tolerance, `${JSON.stringify(one)} ${flag} row ${row}: ${distance(made, right)}`)
        }
      }
    }
  })
}

t.test('what is not finite comes out as by the plain way', async t => {
  const size = 64
  const settings = { size, complex: true, double: false, scale: 'db', shift: true, oneSided: false } as const
  const weights = new Float64Array(size).fill(1)
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e25]) {
    const [fast, plain] = [kernelTransform, plainTransform].map(make => {
      const transform = make({ ...settings, weights })
      transform.input.set(randomNumbers(transform.input.length, 'samples'))
      transform.input[200] = bad
      return transform.run(0, size, 2).slice(0, 2 * size)
    })
    const clean = (numbers: ArrayLike<number> = []) =>
      Array.from(numbers, x => (Number.isNaN(x) ? 'NaN' : x.toFixed(2)))
    t.same(clean(fast), clean(plain), `${bad}`)
  }
})

t.test('the kernels are taken where they can be', async t => {
  const weights = new Float64Array(64).fill(1)
  const settings = {
    size: 64,
    complex: true,
    double: false,
    scale: 'power',
    shift: false,
    oneSided: true,
    weights,
  } as const
  t.equal(makeTransform(settings).blocks, kernelTransform(settings).blocks)
  const real = { ...settings, complex: false }
  t.equal(makeTransform(real).blocks, kernelTransform(real).blocks)
  t.equal(makeTransform({ ...settings, double: true }).blocks, plainTransform({ ...settings, double: true }).blocks)
})
