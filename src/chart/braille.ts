// Curves in braille: two by four dots in each cell.

import type { Cells } from './cells.ts'
import type { Rgb } from './color-map.ts'

const BRAILLE = 0x2800
/** By column, from the top. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const

export class BrailleArea {
  readonly columns: number
  readonly rows: number
  readonly #dots: Uint8Array
  readonly #inks: (Rgb | undefined)[]

  /** In cells; dots are counted from the top left. */
  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
    this.#dots = new Uint8Array(columns * rows)
    this.#inks = new Array<Rgb | undefined>(columns * rows)
  }

  dot(x: number, y: number, ink: Rgb): void {
    const [column, row] = [x >> 1, y >> 2]
    if (x < 0 || y < 0 || column >= this.columns || row >= this.rows) return
    const at = row * this.columns + column
    this.#dots[at] = (this.#dots[at] ?? 0) | (DOTS[x & 1 ? 1 : 0][y & 3] ?? 0)
    this.#inks[at] = ink
  }

  /** Through points in dots; where y is no number the line is broken. */
  curve(points: Iterable<readonly [x: number, y: number]>, ink: Rgb): void {
    let last: readonly [number, number] | undefined
    const most = 4 * this.rows
    for (const [x, y] of points) {
      if (Number.isNaN(y)) {
        last = undefined
        continue
      }
      const here = [Math.round(x), Math.round(Math.max(-1, Math.min(most, y)))] as const
      if (last) this.#line(last, here, ink)
      else this.dot(here[0], here[1], ink)
      last = here
    }
  }

  #line([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number], ink: Rgb): void {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1)
    for (let step = 0; step <= steps; step++) {
      this.dot(Math.round(x0 + ((x1 - x0) * step) / steps), Math.round(y0 + ((y1 - y0) * step) / steps), ink)
    }
  }

  /** Cells without a dot leave what is there. */
  drawOn(cells: Cells, left: number, top: number): void {
    for (let at = 0; at < this.#dots.length; at++) {
      const dots = this.#dots[at] ?? 0
      if (dots === 0) continue
      const [column, row] = [at % this.columns, Math.floor(at / this.columns)]
      cells.put(left + column, top + row, String.fromCodePoint(BRAILLE + dots), this.#inks[at])
    }
  }
}
