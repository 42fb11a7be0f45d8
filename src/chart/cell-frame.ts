// The frame of curves on a terminal: the level axis on the left, the other one below, faint lines between.

import type { Cells } from './cells.ts'
import type { Rgb } from './color-map.ts'
import type { Range, Tick } from './ticks.ts'

export const FAINT: Rgb = [120, 130, 145]
export const GRID: Rgb = [60, 68, 80]

/** In cells. */
export interface Place {
  readonly left: number
  readonly top: number
  readonly columns: number
  readonly rows: number
}

export function upAxis(cells: Cells, { left, top, columns, rows }: Place, ticks: readonly Tick[], range: Range): void {
  for (let row = 0; row < rows; row++) cells.put(left - 1, top + row, '│', FAINT)
  for (const { value, label } of ticks) {
    const row = rowOf(value, range, rows)
    if (row < 0 || row >= rows) continue
    cells.write(left - 2 - label.length, top + row, label, FAINT)
    cells.put(left - 1, top + row, '┤', FAINT)
    for (let column = 0; column < columns; column += 2) cells.put(left + column, top + row, '·', GRID)
  }
}

/** The row whose middle is nearest to a value. */
export function rowOf(value: number, { from, to }: Range, rows: number): number {
  return Math.round(((to - value) / (to - from)) * rows - 0.5)
}

/** On one row of its own: labels in the middle below their ticks, none over another. */
export function acrossAxis(
  cells: Cells,
  { left, columns }: Pick<Place, 'left' | 'columns'>,
  row: number,
  ticks: readonly Tick[],
  { from, to }: Range,
): void {
  let free = 0
  for (const { value, label } of ticks) {
    const column = Math.round(((value - from) / (to - from)) * columns - 0.5)
    const first = Math.max(left, Math.min(cells.columns - label.length, left + column - Math.floor(label.length / 2)))
    if (first < free) continue
    cells.write(first, row, label, FAINT)
    free = first + label.length + 1
  }
}
