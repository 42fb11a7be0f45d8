// The kernel against the plain transform: every size, scale and order, overlapping blocks, and what is not finite.

import t from 'tap'
import { decibelsOf } from '../../src/dsp/decibel-code.ts'
import { fft } from '../../src/dsp/fft.ts'
import { isKernelSize, Kernel, type KernelSettings } from '../../src/dsp/kernel.ts'
import { SCALES, type Scale } from '../../src/dsp/kernel-scales.ts'
import { hasRelaxedSimd } from '../../src/dsp/relaxed-simd.ts'
import { parseWindow, windowWeights } from '../../src/dsp/window.ts'
import { distance, randomNumbers } from '../support/spectrum.ts'

const FUSED = hasRelaxedSimd() ? [true, false] : [false]

function twice(weights: Float64Array): Float64Array {
  return Float64Array.from({ length: 2 * weights.length }, (_, at) => weights[at >> 1] ?? 0)
}

function make(size: number, more: Partial<KernelSettings> = {}): Kernel {
  const weights = twice(windowWeights(parseWindow('hann'), size))
  return new Kernel({ size, scale: 'db', shift: false, weights, numbers: 6 * size, blocks: 3, ...more })
}

/** The block that begins at a sample, by the plain transform. */
function expected({ input, settings }: Kernel, first: number): number[] {
  const { size, scale, shift, weights } = settings
  const at = (k: number) => (input[2 * first + k] ?? 0) * (weights[k] ?? 0)
  const z = {
    re: Float64Array.from({ length: size }, (_, n) => at(2 * n)),
    im: Float64Array.from({ length: size }, (_, n) => at(2 * n + 1)),
  }
  fft(size).forward(z)
  const bins = Array.from({ length: size }, (_, k) => (shift ? (k + size / 2) % size : k))
  return bins.flatMap(k => scaled(scale, z.re[k] ?? 0, z.im[k] ?? 0))
}

function scaled(scale: Scale, re: number, im: number): readonly number[] {
  const power = re ** 2 + im ** 2
  switch (scale) {
    case 'complex':
      return [re, im]
    case 'magnitude':
      return [Math.sqrt(power)]
    case 'power':
      return [power]
    default:
      return [decibelsOf(power)]
  }
}

/** What float32 may do to a spectrum: a share of its greatest line, more the more passes there are. */
function allowed(scale: Scale, values: readonly number[], size: number): number {
  if (scale === 'db') return 1e-3
  return 3e-7 * Math.log2(size) * Math.max(...values.map(Math.abs))
}

/** Decibels of lines within 40 dB of the greatest: below, float32 shows. */
function loud(values: ArrayLike<number>, by: readonly number[], scale: Scale): number[] {
  const least = scale === 'db' ? Math.max(...by) - 40 : Number.NEGATIVE_INFINITY
  return Array.from(values).filter((_, k) => (by[k] ?? 0) >= least)
}

for (const fused of FUSED) {
  for (const scale of SCALES) {
    t.test(`${scale}, ${fused ? 'rounded once' : 'rounded twice'}: every size`, async t => {
      for (let size = 16; size <= 8192; size *= 2) {
        for (const shift of [false, true]) {
          const kernel = make(size, { scale, shift, fused })
          kernel.input.set(randomNumbers(6 * size, `${size}`))
          t.equal(kernel.run(0, 2 * size, 3), true)
          const length = kernel.output.length / 3
          for (const block of [0, 2]) {
            const right = expected(kernel, block * size)
            const made = kernel.output.subarray(block * length, (block + 1) * length)
            const apart = distance(loud(made, right, scale), loud(right, right, scale))
            t.ok(apart <= allowed(scale, right, size), `${size}, block ${block}, ${shift}: ${apart}`)
          }
        }
      }
    })
  }
}

t.test('blocks may overlap, and begin anywhere', async t => {
  const kernel = make(64, { scale: 'power' })
  kernel.input.set(randomNumbers(384, 'overlap'))
  kernel.run(10, 34, 3)
  for (const block of [0, 1, 2]) {
    const right = expected(kernel, 5 + 17 * block)
    t.ok(distance(kernel.output.subarray(64 * block, 64 * block + 64), right) < 1e-4, `${block}`)
  }
})

t.test('the parts of a sample may have weights of their own', async t => {
  const kernel = make(64, { scale: 'complex', weights: randomNumbers(128, 'weights') })
  kernel.input.set(randomNumbers(128, 'samples'))
  kernel.run(0, 128, 1)
  t.ok(distance(kernel.output.subarray(0, 128), expected(kernel, 0)) < 1e-5)
})

t.test('nothing at all is the floor', async t => {
  const kernel = make(128)
  t.equal(kernel.run(0, 256, 3), true)
  t.ok(kernel.output.every(value => Math.abs(value + 379.3) < 0.1))
})

t.test('what is not finite is told, and forgotten by the next call', async t => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e30]) {
    const kernel = make(128)
    kernel.input[300] = bad
    t.equal(kernel.run(0, 256, 3), false, `${bad}`)
    t.equal(kernel.run(0, 256, 1), true)
  }
  const kernel = make(128, { scale: 'power' })
  kernel.input[300] = Number.NaN
  t.equal(kernel.run(0, 256, 3), true)
  t.ok(kernel.output.subarray(128, 256).every(Number.isNaN))
  t.ok(kernel.output.subarray(0, 128).every(Number.isFinite))
})

t.test('no blocks are no work', async t => {
  const kernel = make(64)
  kernel.output.fill(1)
  t.equal(kernel.run(0, 128, 0), true)
  t.ok(kernel.output.every(value => value === 1))
})

t.test('with a thread it does the same, as soon as that is there', async t => {
  const many = { numbers: 2 * 256 * 100, blocks: 100 }
  const [shared, alone] = [make(256, { ...many, threaded: true }), make(256, many)]
  for (const kernel of [shared, alone]) kernel.input.set(randomNumbers(kernel.input.length, 'samples'))
  alone.run(0, 512, 100)
  for (let round = 0; round < 50; round++) {
    shared.output.fill(0)
    t.ok(shared.run(0, 512, 100))
    if (distance(shared.output, alone.output) !== 0) t.fail(`round ${round}`)
    // Lets the thread start, some time within the rounds.
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  shared.input[7] = Number.NaN
  t.equal(shared.run(0, 512, 100), false)
})

t.test('nothing is written behind its rows, where a thread may have written others', async t => {
  const size = 64
  for (const scale of SCALES) {
    for (const real of [undefined, { factors: new Float64Array(size / 2 + 1).fill(1) }]) {
      const weights = new Float64Array(real ? size : 2 * size).fill(1)
      const kernel = make(size, { scale, real, weights })
      kernel.input.set(randomNumbers(kernel.input.length, 'samples'))
      const written = kernel.output.length / 3
      kernel.output.fill(1e9)
      kernel.run(0, size, 1, 1)
      t.ok(kernel.output.subarray(0, written).every(value => value === 1e9))
      t.ok(kernel.output.subarray(written, 2 * written).every(value => value !== 1e9))
      t.ok(
        kernel.output.subarray(2 * written).every(value => value === 1e9),
        `${scale}, ${real ? 'real' : 'complex'}`,
      )
    }
  }
})

t.test('which sizes it can do', async t => {
  t.same(
    [8, 16, 24, 1000, 1024, 2 ** 20, 2 ** 21, 0, 16.5].filter(size => isKernelSize(size)),
    [16, 1024, 2 ** 20],
  )
  t.same(
    [16, 32, 33, 2 ** 21].filter(size => isKernelSize(size, { real: true })),
    [32, 2 ** 21],
  )
})
