// Rows of a waterfall: spectra one after the other, no wider than a picture needs and no more than it has room for.

import { columnMaxima, type Spacing, wholeRange } from './columns.ts'

export interface WaterfallRow {
  readonly levels: Float32Array
  /** Milliseconds since 1970, of its first spectrum; undefined where nobody has told. */
  readonly time: number | undefined
}

export interface WaterfallOptions {
  readonly columns: number
  readonly rows: number
  /** Full: `scroll` leaves the oldest row away, `thin` makes one of every two, so that the whole run stays. */
  readonly full: 'scroll' | 'thin'
}

/** Rows of one axis: whoever gives spectra of another one begins a new waterfall. */
export class Waterfall {
  readonly #options: WaterfallOptions
  #rows: WaterfallRow[] = []
  /** Spectra a row. */
  #each = 1
  #pending: WaterfallRow | undefined
  #held = 0

  constructor(options: WaterfallOptions) {
    this.#options = options
  }

  /** Oldest first. */
  get rows(): readonly WaterfallRow[] {
    return this.#pending ? [...this.#rows, this.#pending] : this.#rows
  }

  add(levels: ArrayLike<number>, spacing: Spacing, time: number | undefined): void {
    const { columns, rows, full } = this.#options
    const row = { levels: narrowed(levels, spacing, columns), time }
    this.#pending = this.#pending ? highest(this.#pending, row) : row
    if (++this.#held < this.#each) return
    this.#rows.push(this.#pending)
    this.#pending = undefined
    this.#held = 0
    if (this.#rows.length <= rows) return
    if (full === 'scroll') this.#rows.shift()
    else this.#thin()
  }

  #thin(): void {
    const thinned: WaterfallRow[] = []
    for (let k = 0; k + 1 < this.#rows.length; k += 2) {
      const [a, b] = [this.#rows[k], this.#rows[k + 1]]
      if (a && b) thinned.push(highest(a, b))
    }
    const left = this.#rows.length % 2 === 1 ? this.#rows.at(-1) : undefined
    this.#rows = thinned
    this.#pending = left
    this.#held = left ? this.#each : 0
    this.#each *= 2
  }
}

/** A copy: bins as they are where there are few, the highest of each column otherwise. */
function narrowed(levels: ArrayLike<number>, spacing: Spacing, columns: number): Float32Array {
  if (levels.length <= columns) return Float32Array.from(levels)
  const { from, to } = wholeRange(spacing, levels.length)
  const half = spacing.step / 2
  return columnMaxima(levels, spacing, { from: from - half, to: to + half }, columns)
}

function highest(a: WaterfallRow, b: WaterfallRow): WaterfallRow {
  return {
    levels: a.levels.map((level, k) => (level >= (b.levels[k] ?? Number.NaN) ? level : (b.levels[k] ?? level))),
    time: a.time,
  }
}
