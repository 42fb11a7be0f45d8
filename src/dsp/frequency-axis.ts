// Which frequency each bin of a spectrum has.

import type { Json, Meta } from '../packet.ts'

/** Hz of the first bin, and from one bin to the next: `frequency_start` and `frequency_step` in meta. */
export interface FrequencyAxis {
  readonly start: number
  readonly step: number
}

/** `frequency`: from the lowest on. `transform`: as the transform has them, from 0 up, the negative ones behind. */
export const ORDERS = ['frequency', 'transform'] as const
export type Order = (typeof ORDERS)[number]

export interface Sampling {
  readonly size: number
  readonly complex: boolean
  /** Hz. */
  readonly sampleRate: number
  readonly centerFrequency: number | undefined
  /** Where the centre lies among the samples, in Hz: 0 for complex ones by default, the middle for real ones. */
  readonly ifFrequency?: number | undefined
  readonly order: Order
}

/**
 * Complex samples span the sample rate around the centre. Real ones span half of it: from 0 on, or, where a receiver says
 * which frequency it has put into the middle, around that one.
 */
export function axisOf({ size, complex, sampleRate, centerFrequency, ifFrequency, order }: Sampling): FrequencyAxis {
  const step = sampleRate / size
  const middle = complex || centerFrequency === undefined ? 0 : sampleRate / 4
  const zero = (centerFrequency ?? 0) - (ifFrequency ?? middle)
  return { start: complex && order === 'frequency' ? zero - Math.floor(size / 2) * step : zero, step }
}

/** The axis that a spectrum's meta tells; nothing where it does not. */
export function axisIn(meta: Meta): FrequencyAxis | undefined {
  const start = numberIn(meta['frequency_start'])
  const step = numberIn(meta['frequency_step'])
  return start === undefined || step === undefined ? undefined : { start, step }
}

export function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A rate, a scale: what can be divided by. */
export function positiveIn(value: Json | undefined): number | undefined {
  const number = numberIn(value)
  return number !== undefined && number > 0 ? number : undefined
}
