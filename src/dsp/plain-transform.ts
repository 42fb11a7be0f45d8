// Rows of bins by the transform in float64: for every size, and for float64 samples.

import { fft, realFft } from './fft.ts'
import { complex } from './roots.ts'
import type { Numbers } from './samples.ts'
import { numbersPerBin, putBin } from './scale.ts'
import type { Transform, TransformSettings } from './transform.ts'

/** Numbers of input that are worked on at once, if that is a block at least. */
const NUMBERS = 16384

/** Puts the row of the block that begins at a number of the input. */
export type PutRow = (input: Numbers, at: number, output: Numbers, row: number) => void

export function plainTransform(settings: TransformSettings): Transform {
  const { size, double, scale } = settings
  const parts = settings.complex ? 2 : 1
  const blocks = Math.max(1, Math.floor(NUMBERS / size / parts))
  const bins = settings.complex ? size : Math.floor(size / 2) + 1
  const make = (length: number) => (double ? new Float64Array(length) : new Float32Array(length))
  const input = make((blocks + 1) * size * parts)
  const output = make(blocks * bins * numbersPerBin(scale))
  const put = settings.complex ? complexRow(settings) : realRow(settings)
  return {
    bins,
    input,
    blocks,
    run(first, hop, count) {
      for (let block = 0; block < count; block++) put(input, (first + block * hop) * parts, output, block)
      return output
    },
  }
}

export function complexRow({ size, weights, scale, shift }: TransformSettings): PutRow {
  const plan = fft(size)
  const z = complex(size)
  const half = Math.floor(size / 2)
  return (input, at, output, row) => {
    for (let n = 0; n < size; n++) {
      const weight = weights[n] ?? 0
      z.re[n] = (input[at + 2 * n] ?? 0) * weight
      z.im[n] = (input[at + 2 * n + 1] ?? 0) * weight
    }
    plan.forward(z)
    for (let k = 0; k < size; k++) {
      const place = shift ? (k + half) % size : k
      putBin(output, row * size + place, scale, z.re[k] ?? 0, z.im[k] ?? 0)
    }
  }
}

export function realRow({ size, weights, scale, oneSided }: TransformSettings): PutRow {
  const plan = realFft(size)
  const weighted = new Float64Array(size)
  return (input, at, output, row) => {
    for (let n = 0; n < size; n++) weighted[n] = (input[at + n] ?? 0) * (weights[n] ?? 0)
    const { re, im } = plan.forward(weighted)
    for (let k = 0; k < plan.bins; k++) {
      const factor = oneSided ? mirrorFactor(k, size) : 1
      putBin(output, row * plan.bins + k, scale, (re[k] ?? 0) * factor, (im[k] ?? 0) * factor)
    }
  }
}

/** What an amplitude is multiplied with so that its power is that of its mirror, too. */
export function mirrorFactor(k: number, size: number): number {
  return k === 0 || 2 * k === size ? 1 : Math.SQRT2
}
