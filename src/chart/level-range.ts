// The range of the level axis: from below the noise to above the peaks, and steady while the levels move.

import { noiseFloor } from '../dsp/measure.ts'
import type { Range } from './ticks.ts'

/** Steps of 10 dB. */
const STEP = 10
const EMPTY: Range = { from: -120, to: 0 }

/** What all the levels fit into, but for the deepest holes in the noise. */
export function levelRange(curves: readonly ArrayLike<number>[]): Range {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const levels of curves) {
    const floor = noiseFloor(sampled(levels))
    if (Number.isFinite(floor)) lowest = Math.min(lowest, floor)
    for (let k = 0; k < levels.length; k++) {
      const level = levels[k] ?? Number.NaN
      if (level > highest && level < Number.POSITIVE_INFINITY) highest = level
    }
  }
  if (lowest === Number.POSITIVE_INFINITY) return EMPTY
  const from = Math.floor((lowest - 12) / STEP) * STEP
  const to = Math.ceil((highest + 3) / STEP) * STEP
  return { from, to: Math.max(to, from + 2 * STEP) }
}

const ENOUGH = 4096

/** Evenly spaced levels, so that long spectra cost no more than others; noise is the same everywhere. */
export function sampled(levels: ArrayLike<number>): ArrayLike<number> {
  const each = Math.floor(levels.length / ENOUGH)
  if (each < 2) return levels
  return Float64Array.from({ length: ENOUGH }, (_, k) => levels[k * each] ?? Number.NaN)
}

/** The range from before, as long as it is not too small, or much too large. */
export function steadyRange(before: Range | undefined, now: Range): Range {
  if (!before) return now
  const fits = now.from >= before.from && now.to <= before.to
  const loose = now.from - before.from > 2 * STEP || before.to - now.to > 3 * STEP
  return fits && !loose ? before : now
}
