// A spectrum and its waterfall on a terminal's cells.

import type { Peak } from '../dsp/measure.ts'
import { BrailleArea } from './braille.ts'
import { acrossAxis, FAINT, type Place, upAxis } from './cell-frame.ts'
import { Cells, type Colors } from './cells.ts'
import type { Rgb } from './color-map.ts'
import { curveOf } from './columns.ts'
import { type Panel, peakText } from './spectrum-picture.ts'
import { SERIES_ON_DARK } from './theme.ts'
import { ticksOf } from './ticks.ts'
import { waterfallCells } from './waterfall-cells.ts'

export interface ScreenOptions {
  readonly columns: number
  readonly rows: number
  readonly colors: Colors
  /** What stands on the last row. */
  readonly help: string
  /** What stands at the end of the first row: PAUSED. */
  readonly state: string
  readonly peaks: boolean
}

/** Columns of the level axis. */
const LEFT = 7
const WHITE: Rgb = [230, 235, 240]
const MARK: Rgb = [255, 107, 129]

/** Everything; an empty screen says what is waited for. */
export function spectrumCells(panel: Panel | undefined, options: ScreenOptions): Cells {
  const { columns, rows, help, state } = options
  const cells = new Cells(columns, rows)
  cells.write(0, rows - 1, help, FAINT)
  cells.write(columns - state.length - 1, 0, state, MARK)
  if (!panel) {
    cells.write(Math.max(0, Math.floor(columns / 2) - 10), Math.floor(rows / 2), 'waiting for spectra', FAINT)
    return cells
  }
  const body = rows - 3
  const below = panel.waterfall ? Math.floor(body * 0.45) : 0
  const place = { left: LEFT, top: 1, columns: columns - LEFT - 1, rows: body - below }
  if (place.columns < 4 || place.rows < 2) return cells
  heading(cells, panel, columns - state.length - 2)
  drawCurves(cells, panel, place)
  const axis = 1 + place.rows
  const across = ticksOf(panel.span, Math.max(2, Math.floor(place.columns / 12)), panel.axis.unit)
  acrossAxis(cells, place, axis, across.ticks, panel.span)
  cells.write(Math.max(0, LEFT - 1 - across.unit.length), axis, across.unit, FAINT)
  if (options.peaks) drawPeaks(cells, panel, place)
  if (panel.waterfall && below > 0)
    waterfallCells(
      cells,
      { ...place, top: axis + 1, rows: below },
      { ...panel, bins: panel.curves[0]?.levels.length ?? 0, rows: panel.waterfall },
      options.colors,
    )
  return cells
}

function heading(cells: Cells, { name, note, unit, curves }: Panel, most: number): void {
  cells.write(0, 0, unit.padStart(LEFT - 1), FAINT)
  cells.write(LEFT, 0, name.slice(0, most), WHITE)
  let at = LEFT + name.length + 2
  for (const [index, { label }] of curves.entries()) {
    if (at + label.length + 2 > most) return
    cells.write(at, 0, `─ ${label}`, inkOf(index))
    at += label.length + 4
  }
  if (at + note.length < most) cells.write(at, 0, note, FAINT)
}

function inkOf(index: number): Rgb {
  return SERIES_ON_DARK[index % SERIES_ON_DARK.length] ?? WHITE
}

function drawCurves(cells: Cells, { curves, range, span, axis, unit }: Panel, place: Place): void {
  const { columns, rows, left, top } = place
  upAxis(cells, place, ticksOf(range, Math.max(2, Math.floor(rows / 2)), unit).ticks, range)
  const area = new BrailleArea(columns, rows)
  for (const [index, { levels }] of [...curves.entries()].reverse()) {
    const points = curveOf(levels, axis.spacing, span, 2 * columns)
    const height = 4 * rows
    const placed = points.map(({ x, y }) => {
      const level = y === Number.NEGATIVE_INFINITY ? range.from - 1 : y
      return [x * 2 * columns - 0.5, ((range.to - level) / (range.to - range.from)) * height - 0.5] as const
    })
    area.curve(placed, inkOf(index))
  }
  area.drawOn(cells, left, top)
}

/** Their list in the corner, and a triangle over each. */
function drawPeaks(cells: Cells, { peaks, axis, unit, span, range }: Panel, place: Place): void {
  const { left, top, columns, rows } = place
  for (const { frequency, level } of peaks) {
    const column = Math.floor(((frequency - span.from) / (span.to - span.from)) * columns)
    const row = Math.floor(((range.to - level) / (range.to - range.from)) * rows) - 1
    if (column >= 0 && column < columns) cells.put(left + column, top + Math.max(0, row), '▼', MARK)
  }
  const lines = peaks.map((peak: Peak, index) => peakText(peak, axis, unit, index))
  const wide = Math.max(0, ...lines.map(line => line.length))
  if (wide + 2 > columns) return
  for (const [index, line] of lines.slice(0, Math.max(0, rows - 1)).entries()) {
    cells.write(left + columns - wide - 2, top + index, ` ${line.padEnd(wide)} `, WHITE)
  }
}
