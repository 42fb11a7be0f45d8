// Averages of power spectra: of groups, or running.

import { UsageError } from '../errors.ts'
import type { Numbers } from './samples.ts'

export const AVERAGINGS = ['mean', 'exponential', 'max-hold', 'min-hold', 'median'] as const
export type Averaging = (typeof AVERAGINGS)[number]

/** Takes rows of one length; the result is to be had whenever `add` says so, and is valid until the next row. */
export interface Average {
  /** How many rows the result is made of so far. */
  readonly rows: number
  add(row: Numbers): boolean
  /** Starts the next group. Nothing if no row has come. */
  take(): Float64Array | undefined
  /** Forgets everything. */
  reset(): void
}

/**
 * `mean` and `median` are of groups of `count` rows. So are `max-hold` and `min-hold`; without a count they run on, and give a
 * result for each row, as does `exponential`, in which the newest row weighs a `count`-th.
 */
export function makeAverage(kind: Averaging, count: number | undefined): Average {
  if (count !== undefined && count < 1) throw new UsageError(`an average of ${count}: expected 1 or more`)
  if (kind === 'max-hold' || kind === 'min-hold') {
    const wins = kind === 'max-hold' ? Math.max : Math.min
    return combining(count, (held, value) => wins(held, value))
  }
  if (count === undefined) throw new UsageError(`averaging '${kind}': expected how many with --average, too`)
  switch (kind) {
    case 'mean':
      // A running mean: no sum that grows out of its digits.
      return combining(count, (held, value, rows) => held + (value - held) / rows)
    case 'exponential':
      return combining(undefined, (held, value) => held + (value - held) / count)
    default:
      return median(count)
  }
}

/** Of groups where there is a count, else running. `rows` counts the row that is combined. */
function combining(count: number | undefined, combine: (held: number, value: number, rows: number) => number): Average {
  let held = new Float64Array(0)
  let rows = 0
  return {
    get rows() {
      return rows
    },
    add(row) {
      rows++
      if (rows === 1) held = Float64Array.from(row)
      else for (let k = 0; k < row.length; k++) held[k] = combine(held[k] ?? 0, row[k] ?? 0, rows)
      return count === undefined || rows === count
    },
    take() {
      if (rows === 0) return undefined
      if (count !== undefined) rows = 0
      return held
    },
    reset() {
      rows = 0
    },
  }
}

function median(count: number): Average {
  const rows: Float64Array[] = []
  return {
    get rows() {
      return rows.length
    },
    add(row) {
      return rows.push(Float64Array.from(row)) === count
    },
    take() {
      const values = new Float64Array(rows.length)
      const middle = (rows.length - 1) / 2
      const result = rows[0]?.map((_, k) => {
        for (let row = 0; row < rows.length; row++) values[row] = rows[row]?.[k] ?? 0
        values.sort()
        return ((values[Math.floor(middle)] ?? 0) + (values[Math.ceil(middle)] ?? 0)) / 2
      })
      rows.length = 0
      return result
    },
    reset() {
      rows.length = 0
    },
  }
}
