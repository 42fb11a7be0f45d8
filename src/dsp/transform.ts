// From blocks of samples to rows of bins: the fastest way for the size and the samples, and what all ways have in common.

import { isKernelSize } from './kernel.ts'
import type { KernelPieces } from './kernel-pieces.ts'
import type { Scale } from './kernel-scales.ts'
import { kernelTransform } from './kernel-transform.ts'
import { plainTransform } from './plain-transform.ts'
import type { Numbers } from './samples.ts'

export interface TransformSettings {
  /** Samples a block. */
  readonly size: number
  /** Complex samples have as many bins, real ones those from 0 to half the sample rate. */
  readonly complex: boolean
  /** In float64, in and out. */
  readonly double: boolean
  readonly scale: Scale
  /** Negative frequencies first (of complex samples). */
  readonly shift: boolean
  /** A weight for each sample, whatever amplitudes are to be divided by included. */
  readonly weights: Float64Array
  /** Of real samples, the power of each bin but the first and the one at half the sample rate stands for its mirror, too. */
  readonly oneSided: boolean
  /** Share the work with a thread, where there is a way to. */
  readonly threaded?: boolean
}

export interface Transform {
  readonly bins: number
  /** Where the samples go, complex ones as two numbers: room for one block more than `blocks`, one behind the other, or twice that. */
  readonly input: Numbers
  /** The most blocks a call transforms. */
  readonly blocks: number
  /** For files that two threads read, where blocks do not overlap. */
  readonly pieces?: KernelPieces | undefined
  /**
   * Transforms blocks that begin `hop` samples apart, the first at a sample of `input`. The rows of bins lie one behind the
   * other in what is returned, until the next call.
   */
  run(first: number, hop: number, count: number): Numbers
}

export function makeTransform(settings: TransformSettings): Transform {
  const { size, complex, double } = settings
  const isKernels = !double && isKernelSize(size, { real: !complex })
  return isKernels ? kernelTransform(settings) : plainTransform(settings)
}
