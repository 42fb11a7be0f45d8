// The waterfall: a row of colours for each spectrum, the newest on top, on the same frequencies as the chart above it.

import { COLOR_MAP, shadeOf } from '../../chart/color-map.ts'
import { columnMaxima, type Spacing } from '../../chart/columns.ts'
import type { Range } from '../../chart/ticks.ts'
import { drawing } from './dom.ts'

/** Rows that are kept, whatever the height: enough for a tall screen. */
const MOST_ROWS = 1024

interface Row {
  readonly levels: Float32Array
  readonly spacing: Spacing
  /** Milliseconds, as `performance.now` has them. */
  readonly time: number
}

const COLORS = Uint8Array.from(COLOR_MAP.flat())

export class Waterfall {
  readonly canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  /** The newest first. */
  #rows: Row[] = []
  #frequencies: Range = { from: 0, to: 1 }
  #levels: Range = { from: -120, to: 0 }
  #line: ImageData
  /** Rows that are not drawn yet, or all of them. */
  #stale: number | 'all' = 'all'

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    this.#context = drawing(canvas)
    this.#line = this.#context.createImageData(1, 1)
  }

  /** The levels are kept. */
  push(levels: Float32Array, spacing: Spacing, time: number): void {
    this.#rows.unshift({ levels, spacing, time })
    if (this.#rows.length > MOST_ROWS) this.#rows.length = MOST_ROWS
    if (this.#stale !== 'all') this.#stale++
  }

  clear(): void {
    this.#rows = []
    this.#stale = 'all'
  }

  /** Pixels of the screen across, rows down. */
  resize(width: number, height: number): void {
    const [columns, rows] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))]
    if (this.canvas.width === columns && this.canvas.height === rows) return
    this.canvas.width = columns
    this.canvas.height = rows
    this.#line = this.#context.createImageData(columns, 1)
    this.#stale = 'all'
  }

  show(frequencies: Range, levels: Range): void {
    if (isSame(frequencies, this.#frequencies) && isSame(levels, this.#levels)) return
    this.#frequencies = frequencies
    this.#levels = levels
    this.#stale = 'all'
  }

  /** What was shown and when, at a height from the top in rows. */
  rowAt(height: number): Row | undefined {
    return this.#rows[Math.floor(height)]
  }

  get rows(): number {
    return Math.min(this.#rows.length, this.canvas.height)
  }

  draw(): void {
    const { width, height } = this.canvas
    const stale = this.#stale === 'all' ? height : Math.min(this.#stale, height)
    if (stale === 0) return
    if (stale === height) this.#context.clearRect(0, 0, width, height)
    else this.#context.drawImage(this.canvas, 0, 0, width, height - stale, 0, stale, width, height - stale)
    for (const [at, row] of this.#rows.slice(0, stale).entries()) this.#drawRow(row, at)
    this.#stale = 0
  }

  #drawRow({ levels, spacing }: Row, at: number): void {
    const { data, width } = this.#line
    const { from, to } = this.#levels
    const columns = columnMaxima(levels, spacing, this.#frequencies, width)
    for (const [column, level] of columns.entries()) {
      const color = 3 * shadeOf(level, from, to)
      data[4 * column] = COLORS[color] ?? 0
      data[4 * column + 1] = COLORS[color + 1] ?? 0
      data[4 * column + 2] = COLORS[color + 2] ?? 0
      data[4 * column + 3] = 255
    }
    this.#context.putImageData(this.#line, 0, at)
  }
}

function isSame(a: Range, b: Range): boolean {
  return a.from === b.from && a.to === b.to
}
