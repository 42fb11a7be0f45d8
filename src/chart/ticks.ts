// Where the ticks of an axis are, and what stands there.

import { decimal, prefixFor } from './engineering.ts'

export interface Range {
  readonly from: number
  readonly to: number
}

export interface Tick {
  readonly value: number
  readonly label: string
}

export interface Ticks {
  readonly ticks: readonly Tick[]
  /** Of the labels: `MHz`, `dBm`. */
  readonly unit: string
}

/** At most so many ticks at 1, 2 or 5 times a power of ten, with one prefix for all. */
export function ticksOf({ from, to }: Range, most: number, unit: string): Ticks {
  const { factor, prefix } = prefixFor(Math.max(Math.abs(from), Math.abs(to)), unit)
  const step = niceStep((to - from) / Math.max(1, most))
  const ticks: Tick[] = []
  if (step > 0) {
    const last = Math.floor(to / step + 1e-6)
    for (let n = Math.ceil(from / step - 1e-6); n <= last && ticks.length <= most; n++) {
      ticks.push({ value: n * step, label: decimal((n * step) / factor, step / factor) })
    }
  }
  return { ticks, unit: `${prefix}${unit}` }
}

/** The least of 1, 2, 5, 10, 20 … that is not less. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 0
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5].find(one => one * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

/** A range that the values fit into, out to the next tick on both sides; never empty. */
export function niceRange({ from, to }: Range): Range {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from > to) return { from: 0, to: 1 }
  const flat = from === to
  const margin = flat ? Math.max(Math.abs(from) * 0.05, 1e-9) : (to - from) * 0.05
  const step = niceStep((to - from + 2 * margin) / 10)
  return { from: Math.floor((from - margin) / step) * step, to: Math.ceil((to + margin) / step) * step }
}
