// Rows of bins by the kernel: float32 samples in blocks of a power of two.

import { Kernel } from './kernel.ts'
import { complexRow, mirrorFactor, realRow } from './plain-transform.ts'
import type { Transform, TransformSettings } from './transform.ts'

/**
 * Numbers of input that are worked on at once, if that is a block at least: two mebibytes. With less, waking the thread that
 * reads a file ahead is worth mentioning; with more, what it has read is not in a cache any more.
 */
const NUMBERS = 524288

export function kernelTransform(settings: TransformSettings): Transform {
  const { size, scale, shift, complex, oneSided, threaded = false } = settings
  const parts = complex ? 2 : 1
  const blocks = Math.max(1, Math.floor(NUMBERS / size / parts))
  const bins = complex ? size : size / 2 + 1
  const weights = complex
    ? Float64Array.from({ length: 2 * size }, (_, at) => settings.weights[at >> 1] ?? 0)
    : settings.weights
  const factors = new Float64Array(bins).map((_, k) => (oneSided ? mirrorFactor(k, size) : 1))
  const kernel = new Kernel({
    size,
    scale,
    shift,
    weights,
    blocks,
    threaded,
    numbers: 2 * parts * size * (blocks + 1),
    real: complex ? undefined : { factors },
  })
  const { input, output } = kernel
  const put = complex ? complexRow(settings) : realRow(settings)
  return {
    bins,
    input,
    blocks,
    pieces: kernel.pieces,
    run(first, hop, count) {
      if (kernel.run(parts * first, parts * hop, count)) return output
      // Rows that the kernel cannot do right, because a power is not finite, are done again. Others are not: what becomes of a
      // block does not depend on its neighbours.
      for (let row = 0; row < count; row++) {
        const at = parts * (first + row * hop)
        if (!kernel.run(at, parts * hop, 1, row)) put(input, at, output, row)
      }
      return output
    },
  }
}
