// A waterfall as part of an SVG picture: the newest row on top, as an image of its own inside.

import { COLOR_MAP, shadeOf } from './color-map.ts'
import { indexedPng } from './indexed-png.ts'
import { type Box, type PlacedTick, plotFrame } from './plot-frame.ts'
import { element } from './svg.ts'
import type { Theme } from './theme.ts'
import { ticksOf } from './ticks.ts'
import { clockText } from './time-ticks.ts'
import type { WaterfallRow } from './waterfall.ts'
import { rowColumns, type WaterfallPanel } from './waterfall-rows.ts'

export function waterfallPicture(
  panel: WaterfallPanel,
  box: Box,
  { theme, size }: { readonly theme: Theme; readonly size: number },
): string {
  const { axis, span, rows } = panel
  const across = ticksOf(span, Math.max(2, Math.floor(box.width / (size * 8))), axis.unit)
  const frame = plotFrame(box, {
    theme,
    size,
    across: across.ticks.map(({ value, label }) => ({ at: (value - span.from) / (span.to - span.from), label })),
    up: timeTicks(rows, Math.max(1, Math.floor(box.height / (size * 3)))),
    acrossTitle: `${axis.title} (${across.unit === '' ? 'number' : across.unit})`,
  })
  const columns = Math.max(1, Math.round(box.width))
  const height = Math.max(1, Math.round(box.height))
  const shades = shadesOf(panel, columns, height)
  const data = Buffer.from(indexedPng(shades, columns, COLOR_MAP)).toString('base64')
  const { left: x, top: y, width } = box
  const image = { x, y, width, height: box.height, preserveAspectRatio: 'none', href: `data:image/png;base64,${data}` }
  return `${frame}\n${element('image', image)}`
}

/** A byte for each pixel; a row of the image has at least one spectrum, and none is left away but by the highest. */
function shadesOf(panel: WaterfallPanel, columns: number, height: number): Uint8Array {
  const { rows, range } = panel
  const shades = new Uint8Array(columns * height)
  for (let line = 0; line < height; line++) {
    const row = rows[rows.length - 1 - Math.floor((line * rows.length) / height)]
    if (!row) continue
    const maxima = rowColumns(panel, row, columns)
    for (let column = 0; column < columns; column++)
      shades[line * columns + column] = shadeOf(maxima[column] ?? Number.NaN, range.from, range.to)
  }
  return shades
}

/** The times of some rows, where they are known; otherwise how many rows ago. */
function timeTicks(rows: readonly WaterfallRow[], most: number): readonly PlacedTick[] {
  const count = Math.min(rows.length, Math.max(2, most))
  const [first, last] = [rows[0]?.time ?? 0, rows.at(-1)?.time ?? 0]
  const fine = last - first < 20_000 ? 'milliseconds' : 'seconds'
  return Array.from({ length: count }, (_, k) => {
    const index = count === 1 ? 0 : Math.round((k * (rows.length - 1)) / (count - 1))
    const time = rows[index]?.time
    const at = (index + 0.5) / rows.length
    return { at, label: time === undefined ? `−${rows.length - 1 - index}` : clockText(time, 'utc', fine) }
  })
}
