// Rows of bins by the kernel: float32 samples in blocks of a power of two.

import { Kernel, type Side } from './kernel.ts'
import { complexRow, mirrorFactor, type PutRow, realRow } from './plain-transform.ts'
import type { Transform, TransformSettings, TransformSide } from './transform.ts'

/** Numbers of input that are worked on at once, if that is a block at least: a mebibyte, as much as a cache near the core holds. */
const NUMBERS = 262144

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
    numbers: parts * size * (blocks + 1),
    real: complex ? undefined : { factors },
  })
  const put = complex ? complexRow(settings) : realRow(settings)
  const [only, other] = kernel.sides
  const side = sideOf(kernel, only, { put, parts })
  return {
    bins,
    input: only.input,
    blocks,
    run(first, hop, count) {
      side.begin(first, hop, count)
      return side.finish()
    },
    ...(other && { sides: [side, sideOf(kernel, other, { put, parts })] }),
  }
}

interface Rows {
  readonly put: PutRow
  /** Numbers a sample. */
  readonly parts: number
}

/**
 * Rows that the kernel cannot do right, because a power is not finite, are done again by the plain transform. Others are not:
 * what becomes of a block does not depend on its neighbours.
 */
function sideOf(kernel: Kernel, side: Side, { put, parts }: Rows): TransformSide {
  let again = () => {}
  return {
    input: side.input,
    begin(first, hop, count) {
      kernel.begin(side, parts * first, parts * hop, count)
      again = () => {
        for (let row = 0; row < count; row++) {
          const at = parts * (first + row * hop)
          kernel.begin(side, at, parts * hop, 1, row)
          if (!kernel.finish()) put(side.input, at, side.output, row)
        }
      }
    },
    finish() {
      const isRight = kernel.finish()
      if (!isRight) again()
      return side.output
    },
  }
}
