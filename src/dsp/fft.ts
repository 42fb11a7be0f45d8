// The discrete Fourier transform in float64: of every size, complex and real, forward and inverse.

import { bluestein } from './bluestein.ts'
import { factorsOf, mixedRadix } from './mixed-radix.ts'
import { type Complex, complex, rootsOfUnity } from './roots.ts'

/** Unscaled forward, divided by the size inverse, as NumPy has it: inverse undoes forward. */
export interface Fft {
  readonly size: number
  /** In place. */
  forward(z: Complex): void
  /** In place. */
  inverse(z: Complex): void
}

/** Makes the tables for a size. Sizes with small prime factors take n log n steps, all others a constant times as many. */
export function fft(size: number): Fft {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`a transform of ${size}: expected 1 or more`)
  const factors = factorsOf(size)
  const forward = factors ? mixedRadix(size, factors) : bluestein(size)
  return {
    size,
    forward,
    inverse({ re, im }) {
      forward({ re: im, im: re })
      for (let k = 0; k < size; k++) {
        re[k] = (re[k] ?? 0) / size
        im[k] = (im[k] ?? 0) / size
      }
    },
  }
}

/** The transform of real numbers: only the bins 0 … size / 2, because the others are their conjugates. */
export interface RealFft {
  readonly size: number
  /** floor(size / 2) + 1 */
  readonly bins: number
  forward(samples: Float64Array): Complex
  /** The imaginary parts of bin 0 and, where the size is even, of the last bin are taken as 0. */
  inverse(bins: Complex): Float64Array
}

export function realFft(size: number): RealFft {
  return size % 2 === 0 ? evenRealFft(size) : oddRealFft(size)
}

function oddRealFft(size: number): RealFft {
  const whole = fft(size)
  const bins = (size + 1) / 2
  return {
    size,
    bins,
    forward(samples) {
      const z = { re: Float64Array.from(samples), im: new Float64Array(size) }
      whole.forward(z)
      return { re: z.re.slice(0, bins), im: z.im.slice(0, bins) }
    },
    inverse({ re, im }) {
      const z = complex(size)
      for (let k = 0; k < bins; k++) {
        z.re[k] = re[k] ?? 0
        z.im[k] = k === 0 ? 0 : (im[k] ?? 0)
        if (k === 0) continue
        z.re[size - k] = re[k] ?? 0
        z.im[size - k] = -(im[k] ?? 0)
      }
      whole.inverse(z)
      return z.re
    },
  }
}

/** By a complex transform of half the size: even samples are its real parts, odd ones its imaginary parts. */
function evenRealFft(size: number): RealFft {
  const half = size / 2
  const plan = fft(half)
  const roots = rootsOfUnity(size)
  return {
    size,
    bins: half + 1,
    forward(samples) {
      const z = complex(half)
      for (let n = 0; n < half; n++) {
        z.re[n] = samples[2 * n] ?? 0
        z.im[n] = samples[2 * n + 1] ?? 0
      }
      plan.forward(z)
      return untangle(z, roots, half)
    },
    inverse(bins) {
      const z = entangle(bins, roots, half)
      plan.inverse(z)
      const samples = new Float64Array(size)
      for (let n = 0; n < half; n++) {
        samples[2 * n] = z.re[n] ?? 0
        samples[2 * n + 1] = z.im[n] ?? 0
      }
      return samples
    },
  }
}

/** Z[k] holds E[k] + i O[k], the transforms of the even and the odd samples; the bins are E[k] + w^k O[k]. */
function untangle(z: Complex, roots: Complex, half: number): Complex {
  const bins = complex(half + 1)
  for (let k = 0; k <= half; k++) {
    const zr = z.re[k % half] ?? 0
    const zi = z.im[k % half] ?? 0
    const mirroredR = z.re[(half - k) % half] ?? 0
    const mirroredI = z.im[(half - k) % half] ?? 0
    const oddR = (zi + mirroredI) / 2
    const oddI = (mirroredR - zr) / 2
    const wr = roots.re[k] ?? 0
    const wi = roots.im[k] ?? 0
    bins.re[k] = (zr + mirroredR) / 2 + (oddR * wr - oddI * wi)
    bins.im[k] = (zi - mirroredI) / 2 + (oddR * wi + oddI * wr)
  }
  return bins
}

/** The opposite of `untangle`. */
function entangle({ re, im }: Complex, roots: Complex, half: number): Complex {
  const z = complex(half)
  const imaginary = (k: number) => (k === 0 || k === half ? 0 : (im[k] ?? 0))
  for (let k = 0; k < half; k++) {
    const xr = re[k] ?? 0
    const xi = imaginary(k)
    const mirroredR = re[half - k] ?? 0
    const mirroredI = -imaginary(half - k)
    const rotatedR = (xr - mirroredR) / 2
    const rotatedI = (xi - mirroredI) / 2
    const wr = roots.re[k] ?? 0
    const wi = -(roots.im[k] ?? 0)
    const oddR = rotatedR * wr - rotatedI * wi
    const oddI = rotatedR * wi + rotatedI * wr
    z.re[k] = (xr + mirroredR) / 2 - oddI
    z.im[k] = (xi + mirroredI) / 2 + oddR
  }
  return z
}
