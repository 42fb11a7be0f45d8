// Spectra as an SVG picture: for each stream the curves with their peaks, and the waterfall below them.

import type { Peak } from '../dsp/measure.ts'
import type { Axis } from './axis.ts'
import { COLOR_MAP, hex } from './color-map.ts'
import { curveOf } from './columns.ts'
import { engineering } from './engineering.ts'
import { type Box, plotFrame } from './plot-frame.ts'
import { document, element, label, pathThrough, textWidth } from './svg.ts'
import { seriesColor, THEME, type Theme, type ThemeName } from './theme.ts'
import { type Range, ticksOf } from './ticks.ts'
import type { WaterfallRow } from './waterfall.ts'
import { waterfallPicture } from './waterfall-picture.ts'

export interface Curve {
  readonly label: string
  readonly levels: ArrayLike<number>
}

export interface Panel {
  readonly name: string
  /** How many spectra, when: in small beside the name. */
  readonly note: string
  readonly axis: Axis
  /** Of the levels. */
  readonly unit: string
  readonly curves: readonly Curve[]
  readonly peaks: readonly Peak[]
  readonly range: Range
  readonly span: Range
  /** Oldest first. */
  readonly waterfall: readonly WaterfallRow[] | undefined
}

export interface PictureOptions {
  readonly width: number
  readonly height: number
  readonly theme: ThemeName
  readonly title?: string | undefined
}

interface Style {
  readonly theme: Theme
  readonly size: number
  /** Tells the clips of panels apart. */
  readonly id: string
}

/** Room for a time of day with milliseconds, by the size of the letters. */
const LEFT = 7.8

export function spectrumPicture(
  panels: readonly Panel[],
  { width, height, theme: name, title }: PictureOptions,
): string {
  const theme = THEME[name]
  const columns = Math.ceil(Math.sqrt(panels.length))
  const rows = Math.ceil(panels.length / Math.max(1, columns))
  const head = title === undefined ? 0 : 34
  const size = Math.max(9, Math.min(13, Math.round(Math.min(width / columns, height / Math.max(1, rows)) / 55)))
  const parts: string[] = []
  if (title !== undefined)
    parts.push(label(width / 2, 24, title, { 'font-size': 18, fill: theme.text, 'text-anchor': 'middle' }))
  for (const [index, panel] of panels.entries()) {
    const place: Box = {
      left: ((index % columns) * width) / columns,
      top: head + (Math.floor(index / columns) * (height - head)) / rows,
      width: width / columns,
      height: (height - head) / rows,
    }
    parts.push(panelPicture(panel, place, { theme, size, id: `plot${index}` }))
  }
  if (panels.length === 0)
    parts.push(
      label(width / 2, height / 2, 'no spectra', { 'font-size': 16, fill: theme.faint, 'text-anchor': 'middle' }),
    )
  return document(width, height, theme.ground, parts)
}

function panelPicture(panel: Panel, place: Box, style: Style): string {
  const { theme, size } = style
  const left = place.left + LEFT * size
  const width = place.width - LEFT * size - 2.2 * size
  const top = place.top + 3 * size
  const below = 3.6 * size
  const room = place.height - 3 * size - below
  const share = panel.waterfall ? 0.55 : 1
  const upper: Box = { left, top, width, height: room * share - (panel.waterfall ? size : 0) }
  const lower: Box = { left, top: top + room * share, width, height: room * (1 - share) }
  const parts = [heading(panel, { ...upper, top: place.top }, style), curvesPicture(panel, upper, style)]
  if (panel.waterfall) {
    const bins = panel.curves[0]?.levels.length ?? 0
    parts.push(waterfallPicture({ ...panel, bins, rows: panel.waterfall }, lower, { theme, size }))
  }
  return parts.join('\n')
}

function heading({ name, note, curves }: Panel, { left, top, width }: Box, { theme, size }: Style): string {
  const y = top + 2 * size
  const nameSize = size + 2
  const parts = [
    label(left, y, name, { 'font-size': nameSize, 'font-weight': 'bold', fill: theme.text }),
    label(left + textWidth(name, nameSize * 1.12) + size, y, note, { 'font-size': size, fill: theme.faint }),
  ]
  let x = left + width
  for (const [index, curve] of [...curves.entries()].reverse()) {
    x -= textWidth(curve.label, size)
    parts.push(label(x, y, curve.label, { 'font-size': size, fill: theme.text }))
    x -= 1.8 * size
    const line = `M${Math.round(x)} ${Math.round(y - size * 0.35)}h${Math.round(1.4 * size)}`
    parts.push(element('path', { d: line, stroke: seriesColor(theme, index), 'stroke-width': 2.5 }))
    x -= size
  }
  return parts.join('\n')
}

function curvesPicture(panel: Panel, box: Box, style: Style): string {
  const { axis, unit, curves, range, span, waterfall } = panel
  const { theme, size, id } = style
  const across = ticksOf(span, Math.max(2, Math.floor(box.width / (size * 8))), axis.unit)
  const up = ticksOf(range, Math.max(2, Math.floor(box.height / (size * 2.4))), unit)
  const { left, top, width, height } = box
  const parts = [
    plotFrame(box, {
      theme,
      size,
      across: across.ticks.map(({ value, label }) => ({
        at: (value - span.from) / (span.to - span.from),
        label: waterfall ? '' : label,
      })),
      up: up.ticks.map(({ value, label }) => ({ at: (value - range.from) / (range.to - range.from), label })),
      upTitle: up.unit,
      acrossTitle: waterfall ? undefined : `${axis.title} (${across.unit})`,
    }),
    element('clipPath', { id }, element('rect', { x: left, y: top, width, height })),
  ]
  if (waterfall) parts.push(colorBar(box, style))
  const yOf = (level: number) => top + height * (1 - (clamp(level, range) - range.from) / (range.to - range.from))
  // The last curve lies below, so that what is held does not hide what is there now.
  for (const [index, { levels }] of [...curves.entries()].reverse()) {
    const points = curveOf(levels, axis.spacing, span, Math.round(width * 2))
    const line = pathThrough(points.map(({ x, y }) => [left + x * width, yOf(y)]))
    const stroke = { stroke: seriesColor(theme, index), 'stroke-width': 1.3, 'stroke-linejoin': 'round', fill: 'none' }
    if (line !== '')
      parts.push(element('path', { d: line, 'clip-path': `url(#${id})`, 'stroke-linecap': 'round', ...stroke }))
  }
  parts.push(peakMarks(panel, box, style, yOf))
  return parts.join('\n')
}

/** Infinities are drawn at the edge; NaN stays, as a gap. */
function clamp(level: number, { from, to }: Range): number {
  return level < from - (to - from) ? from - (to - from) : level > to + (to - from) ? to + (to - from) : level
}

/** Numbered triangles, and a table of them in the corner. */
function peakMarks({ peaks, axis, unit, span }: Panel, box: Box, style: Style, yOf: (level: number) => number): string {
  const { theme, size } = style
  const parts: string[] = []
  const seen = peaks.filter(({ frequency }) => frequency >= span.from && frequency <= span.to)
  const rows = seen.map((peak, index) => peakText(peak, axis, unit, index))
  for (const [index, { frequency, level }] of seen.entries()) {
    const x = box.left + ((frequency - span.from) / (span.to - span.from)) * box.width
    const y = Math.max(box.top + 1.8 * size, yOf(level) - 4)
    const triangle = `M${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}l-4 -7h8z`
    parts.push(element('path', { d: triangle, fill: theme.marker }))
    const text = { 'font-size': size - 1, fill: theme.marker, 'text-anchor': 'middle' }
    parts.push(label(x, y - 10, String(index + 1), text))
  }
  const wide = Math.max(0, ...rows.map(row => textWidth(row, size - 1)))
  if (rows.length > 0 && wide < box.width / 2) {
    const x = box.left + box.width - wide - 1.6 * size
    const height = (rows.length + 0.6) * size * 1.45
    const ground = { fill: theme.ground, 'fill-opacity': 0.82, rx: 4 }
    parts.push(element('rect', { x: x - size, y: box.top + 6, width: wide + 2 * size, height, ...ground }))
    for (const [index, row] of rows.entries()) {
      const y = box.top + 6 + (index + 1) * size * 1.45
      parts.push(label(x, y, row, { 'font-size': size - 1, fill: theme.text }))
    }
  }
  return parts.join('\n')
}

/** That no SVG takes for one with its neighbour. */
const SPACE = '\u00a0'

export function peakText(
  { frequency, level }: Peak,
  { unit, spacing }: Axis,
  levelUnit: string,
  index?: number,
): string {
  const number = index === undefined ? '' : `${index + 1} ${SPACE}`
  return `${number}${engineering(frequency, unit, spacing.step)} ${SPACE}${engineering(level, levelUnit, 0.1)}`
}

/** Which colour of the waterfall is which level. */
function colorBar({ left, top, width, height }: Box, { size, id }: Style): string {
  const stops = Array.from({ length: 11 }, (_, k) => {
    const color = COLOR_MAP[Math.round((k / 10) * 255)]
    return color ? element('stop', { offset: k / 10, 'stop-color': hex(color) }) : ''
  })
  const gradient = element('linearGradient', { id: `${id}-levels`, x1: 0, y1: 1, x2: 0, y2: 0 }, stops.join(''))
  const bar = { x: left + width + 0.5 * size, y: top, width: 0.7 * size, height, fill: `url(#${id}-levels)` }
  return `${gradient}\n${element('rect', bar)}`
}
