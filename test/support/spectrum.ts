// For tests of spectra: the committed vectors, numbers made from a seed, the definition of the transform, comparisons.

import { readFileSync } from 'node:fs'
import { type Complex, complex } from '../../src/dsp/roots.ts'
import type { SpectrumOptions } from '../../src/dsp/spectrum.ts'
import { parseWindow } from '../../src/dsp/window.ts'
import { randomStream } from '../../src/random.ts'

interface Plain {
  readonly re: readonly number[]
  readonly im: readonly number[]
}

export interface Vectors {
  readonly transforms: readonly (Plain & { readonly size: number; readonly fft: Plain; readonly rfft: Plain })[]
  /** Complex samples as their parts in turn. */
  readonly periodograms: readonly {
    readonly window: string
    readonly complex: boolean
    readonly fs: number
    readonly samples: readonly number[]
    readonly density: readonly number[]
    readonly spectrum: readonly number[]
  }[]
  readonly windows: readonly { readonly window: string; readonly length: number; readonly weights: readonly number[] }[]
}

/** Spectra of power with nothing done to them. */
export const PLAIN: SpectrumOptions = {
  size: 16,
  window: parseWindow('rectangular'),
  scale: 'power',
  normalization: 'window',
  order: 'frequency',
  overlap: 0,
  averaging: 'mean',
  average: undefined,
  removeMean: false,
  pad: false,
  threaded: false,
  rows: 1,
  sampleRate: undefined,
  fullScale: undefined,
}

/** What `fixtures/dsp/vectors.py` made with NumPy and SciPy. */
export function vectors(): Vectors {
  return JSON.parse(readFileSync(new URL('../../fixtures/dsp/vectors.json', import.meta.url), 'utf8'))
}

export function toComplex({ re, im }: Plain): Complex {
  return { re: Float64Array.from(re), im: Float64Array.from(im) }
}

/** Uniform in -1 … 1, the same each time. */
export function randomNumbers(length: number, seed: string): Float64Array {
  const random = randomStream(seed, 'spectrum')
  return Float64Array.from({ length }, () => 2 * random.fraction() - 1)
}

export function randomComplex(length: number, seed: string): Complex {
  return { re: randomNumbers(length, `${seed} re`), im: randomNumbers(length, `${seed} im`) }
}

/** The definition. */
export function directTransform({ re, im }: Complex): Complex {
  const size = re.length
  const bins = complex(size)
  for (let k = 0; k < size; k++)
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * ((k * n) % size)) / size
      const [c, s] = [Math.cos(angle), Math.sin(angle)]
      bins.re[k] = (bins.re[k] ?? 0) + (re[n] ?? 0) * c - (im[n] ?? 0) * s
      bins.im[k] = (bins.im[k] ?? 0) + (re[n] ?? 0) * s + (im[n] ?? 0) * c
    }
  return bins
}

/** The greatest distance between two numbers at the same place; infinite where the lengths differ or one is NaN. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let greatest = 0
  for (let k = 0; k < a.length; k++) {
    const apart = Math.abs((a[k] ?? 0) - (b[k] ?? 0))
    if (Number.isNaN(apart)) return Number.POSITIVE_INFINITY
    greatest = Math.max(greatest, apart)
  }
  return greatest
}

export function complexDistance(a: Complex, b: Complex): number {
  return Math.max(distance(a.re, b.re), distance(a.im, b.im))
}
