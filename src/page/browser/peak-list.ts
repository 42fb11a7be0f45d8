// The peaks in words: a table of frequencies and levels, which whoever does not look at the chart reads, too.

import { engineering } from '../../chart/engineering.ts'
import type { Peak } from '../../dsp/measure.ts'
import type { ShownTrace } from '../shown-trace.ts'
import { make } from './dom.ts'

const COLUMNS = ['#', 'Frequency', 'Level', 'Max']

/** Digits beyond those of a bin that an interpolated frequency has. */
const FINER = 20

export class PeakList {
  readonly table: HTMLTableElement
  readonly #body: HTMLTableSectionElement

  readonly #most: number

  /** Of at most so many peaks. */
  constructor(title: string, most: number) {
    this.#most = most
    const heads = COLUMNS.map(text => make('th', { text, attributes: { scope: 'col', role: 'columnheader' } }))
    this.#body = make('tbody', { attributes: { role: 'rowgroup' } })
    this.table = make(
      'table',
      // The style sheet lays it out as a grid, which would hide from readers of the screen that it is a table.
      { class: 'peaks', attributes: { role: 'table' } },
      make('caption', { text: 'Peaks', attributes: { title: `Peaks of ${title}` } }),
      make('thead', { attributes: { role: 'rowgroup' } }, row(heads)),
      this.#body,
    )
    this.#body.style.setProperty('--rows', String(Math.max(1, Math.ceil(most / 2))))
  }

  /** `data-frequency` and `data-level` are the plain numbers, in the axis's unit and decibels. */
  show(peaks: readonly Peak[], trace: ShownTrace, showHeld: boolean): void {
    const { meta, held, latest } = trace
    const rows = peaks.map(({ frequency, level, bin }, at) => {
      // What lies between two bins is as much above the bin now as it was then.
      const max = (held[bin] ?? Number.NaN) + level - (latest[bin] ?? level)
      const cells = [
        make('td', { text: String(at + 1) }),
        make('td', {
          text: trace.text(frequency, meta.step / FINER),
          attributes: { 'data-frequency': String(frequency) },
        }),
        make('td', { text: levelText(level, meta.unit), attributes: { 'data-level': level.toFixed(3) } }),
        make('td', { text: showHeld ? levelText(max, meta.unit) : '', attributes: { 'data-held': max.toFixed(3) } }),
      ]
      return row(cells)
    })
    // Always as many, so that nothing moves when a peak comes or goes.
    while (rows.length < this.#most) rows.push(row(COLUMNS.map(() => make('td', { text: '\u00a0' }))))
    this.#body.replaceChildren(...rows)
  }
}

function row(cells: readonly HTMLElement[]): HTMLTableRowElement {
  for (const cell of cells) if (!cell.hasAttribute('role')) cell.setAttribute('role', 'cell')
  return make('tr', { attributes: { role: 'row' } }, ...cells)
}

export function levelText(level: number, unit: string): string {
  return Number.isFinite(level) ? engineering(level, unit, 0.1) : '–'
}
