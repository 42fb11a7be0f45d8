// A waterfall on a terminal's cells: two spectra in each row of half blocks, the newest on top.

import type { Place } from './cell-frame.ts'
import type { Cells, Colors } from './cells.ts'
import { COLOR_MAP, shadeOf } from './color-map.ts'
import { rowColumns, type WaterfallPanel } from './waterfall-rows.ts'

/** Without colours, from the lowest level to the highest. */
const SHADES = ' ░▒▓█'

export function waterfallCells(cells: Cells, place: Place, panel: WaterfallPanel, colors: Colors): void {
  const { rows, range } = panel
  const each = colors === 'none' ? 1 : 2
  for (let row = 0; row < place.rows; row++) {
    const [upper, lower] = [0, each - 1].map(part => {
      const spectrum = rows[rows.length - 1 - (row * each + part)]
      return spectrum && rowColumns(panel, spectrum, place.columns)
    })
    if (!upper) return
    for (let column = 0; column < place.columns; column++) {
      const at = [place.left + column, place.top + row] as const
      const shade = shadeOf(upper[column] ?? Number.NaN, range.from, range.to)
      if (colors === 'none') cells.put(...at, SHADES[Math.floor((shade * SHADES.length) / 256)] ?? ' ')
      else if (!lower) cells.put(...at, '▀', COLOR_MAP[shade])
      else
        cells.put(...at, '▀', COLOR_MAP[shade], COLOR_MAP[shadeOf(lower[column] ?? Number.NaN, range.from, range.to)])
    }
  }
}
