// Values over time on a terminal's cells: a panel for each unit, one below the other.

import { BrailleArea } from './braille.ts'
import { acrossAxis, FAINT, type Place, upAxis } from './cell-frame.ts'
import { Cells } from './cells.ts'
import { decimal } from './engineering.ts'
import { SERIES_ON_DARK } from './theme.ts'
import { type Ticks, ticksOf } from './ticks.ts'
import { pointsOf, type TimePanel, type TimeView, timesText } from './time-panels.ts'
import { stepOf } from './time-picture.ts'
import { timeTicks } from './time-ticks.ts'

/** Columns of the value axis, at least. */
const LEFT = 9
/** The name row, the axis row, and a curve that can be read. */
const LEAST_ROWS = 5

export interface TimeScreen {
  readonly columns: number
  readonly rows: number
  /** What stands on the last row. */
  readonly help: string
}

export function timeCells(view: TimeView | undefined, { columns, rows, help }: TimeScreen): Cells {
  const cells = new Cells(columns, rows)
  cells.write(0, rows - 1, help, FAINT)
  if (!view) {
    cells.write(Math.max(0, Math.floor(columns / 2) - 9), Math.floor(rows / 2), 'waiting for values', FAINT)
    return cells
  }
  const shown = view.panels.slice(0, Math.max(1, Math.floor((rows - 1) / LEAST_ROWS)))
  const each = Math.floor((rows - 1) / shown.length)
  const times = timesText(view)
  const labels = shown.flatMap(panel => ticksUp(panel, each - 2).ticks.map(({ label }) => label.length))
  const left = Math.max(LEFT, 2 + Math.max(0, ...labels))
  for (const [index, panel] of shown.entries()) {
    const place = { left, top: index * each + 1, columns: columns - left - 1, rows: each - 2 }
    if (place.columns >= 4 && place.rows >= 1) panelCells(cells, panel, view, place)
  }
  if (help.length + times.length + 2 < columns) cells.write(columns - times.length - 1, rows - 1, times, FAINT)
  return cells
}

function ticksUp({ range, unit }: TimePanel, rows: number): Ticks {
  return ticksOf(range, Math.max(2, Math.floor(rows / 2)), unit)
}

function panelCells(cells: Cells, panel: TimePanel, { times, zone }: TimeView, place: Place): void {
  const { left, top, columns, rows } = place
  const { range, curves } = panel
  const ticks = ticksUp(panel, rows)
  upAxis(cells, place, ticks.ticks, range)
  acrossAxis(cells, place, top + rows, timeTicks(times, Math.max(2, Math.floor(columns / 14)), zone), times)
  cells.write(Math.max(0, left - 2 - ticks.unit.length), top - 1, ticks.unit, FAINT)
  const area = new BrailleArea(columns, rows)
  let at = left
  for (const { name, index, runs, last } of curves) {
    const ink = SERIES_ON_DARK[index % SERIES_ON_DARK.length] ?? FAINT
    for (const run of runs) {
      const points = [...pointsOf(run)].map(([time, value]) => {
        const x = ((time - times.from) / (times.to - times.from)) * (2 * columns - 1)
        return [x, ((range.to - value) / (range.to - range.from)) * 4 * rows - 0.5] as const
      })
      area.curve(points, ink)
    }
    const text = last === undefined ? name : `${name} ${decimal(last, stepOf(range))}`
    if (at + text.length + 2 > cells.columns) continue
    cells.write(at, top - 1, `─ ${text}`, ink)
    at += text.length + 4
  }
  area.drawOn(cells, left, top)
}
