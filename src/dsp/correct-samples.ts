// Corrections of samples: offset, and the imbalance of the two ways that I and Q take.

import type { Meta } from '../packet.ts'
import { positiveIn } from './frequency-axis.ts'
import { type Numbers, sampleFormat } from './samples.ts'

/** How Q differs from I: its gain as a factor, and by how many radians it is not a quarter of a turn behind. */
export interface Imbalance {
  readonly gain: number
  readonly phase: number
}

export interface SampleCorrection {
  readonly swap: boolean
  readonly removeMean: boolean
  /** `estimate`: of each packet, from its own samples. */
  readonly imbalance: Imbalance | 'estimate' | undefined
}

export interface CorrectedSamples {
  readonly data: Uint8Array
  /** They have an I and a Q. */
  readonly complex: boolean
  /** The fields that have changed. */
  readonly fields: Meta
}

/** Floating-point samples of the packet's data; nothing where it has no samples. */
export function correctSamples(
  data: Uint8Array,
  meta: Meta,
  correction: SampleCorrection,
): CorrectedSamples | undefined {
  const { dtype } = meta
  const format =
    typeof dtype === 'string' ? sampleFormat(dtype, { fullScale: positiveIn(meta['full_scale']) }) : undefined
  if (!format || data.length % format.bytes !== 0) return undefined
  const numbers = new Float64Array((data.length / format.bytes) * (format.complex ? 2 : 1))
  format.read(data, numbers)
  const parts = format.complex ? 2 : 1
  if (format.complex && correction.swap) swapParts(numbers)
  if (correction.removeMean) for (let part = 0; part < parts; part++) removeMean(numbers, part, parts)
  if (format.complex && correction.imbalance) balance(numbers, correction.imbalance)
  const made: Numbers = format.double ? numbers : Float32Array.from(numbers)
  const [single, both] = format.complex ? ['complex64', 'complex128'] : ['float32', 'float64']
  return {
    data: new Uint8Array(made.buffer),
    complex: format.complex,
    fields: { dtype: format.double ? both : single },
  }
}

function swapParts(numbers: Float64Array): void {
  for (let at = 0; at < numbers.length; at += 2) {
    const real = numbers[at] ?? 0
    numbers[at] = numbers[at + 1] ?? 0
    numbers[at + 1] = real
  }
}

function removeMean(numbers: Float64Array, part: number, parts: number): void {
  let sum = 0
  for (let at = part; at < numbers.length; at += parts) sum += numbers[at] ?? 0
  const mean = (sum * parts) / numbers.length
  for (let at = part; at < numbers.length; at += parts) numbers[at] = (numbers[at] ?? 0) - mean
}

/** Q becomes what it would be with the gain of I and a quarter of a turn behind it; what is not finite is left as it is. */
function balance(numbers: Float64Array, imbalance: Imbalance | 'estimate'): void {
  const { gain, phase } = imbalance === 'estimate' ? estimateImbalance(numbers) : imbalance
  const sine = Math.sin(phase)
  const cosine = Math.cos(phase)
  for (let at = 0; at < numbers.length; at += 2) {
    numbers[at + 1] = ((numbers[at + 1] ?? 0) / gain - sine * (numbers[at] ?? 0)) / cosine
  }
}

/**
 * From the powers of both parts and their product, which is zero where they are a quarter of a turn apart (of signals that do
 * not favour one phase). None where there is nothing to tell from.
 */
export function estimateImbalance(numbers: Float64Array): Imbalance {
  let squareI = 0
  let squareQ = 0
  let product = 0
  for (let at = 0; at < numbers.length; at += 2) {
    const [i, q] = [numbers[at] ?? 0, numbers[at + 1] ?? 0]
    squareI += i * i
    squareQ += q * q
    product += i * q
  }
  const sine = product / Math.sqrt(squareI * squareQ)
  if (!(squareI > 0 && squareQ > 0) || !(Math.abs(sine) < 1)) return { gain: 1, phase: 0 }
  return { gain: Math.sqrt(squareQ / squareI), phase: Math.asin(sine) }
}
