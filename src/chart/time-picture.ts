// Values over time as an SVG picture: a panel for each unit, gaps as gaps.

import { decimal } from './engineering.ts'
import { type Box, type PlacedTick, plotFrame } from './plot-frame.ts'
import type { PictureOptions } from './spectrum-picture.ts'
import { document, element, label, pathThrough, textWidth } from './svg.ts'
import { seriesColor, THEME, type Theme } from './theme.ts'
import { ticksOf } from './ticks.ts'
import { pointsOf, type TimePanel, type TimeView, timesText } from './time-panels.ts'
import { timeTicks } from './time-ticks.ts'

export function timePicture(view: TimeView | undefined, { width, height, theme: name, title }: PictureOptions): string {
  const theme = THEME[name]
  const middle = { 'text-anchor': 'middle' }
  const parts: string[] = []
  const head = title === undefined ? 8 : 40
  if (title !== undefined) parts.push(label(width / 2, 26, title, { 'font-size': 18, fill: theme.text, ...middle }))
  if (!view) {
    parts.push(label(width / 2, height / 2, 'no values', { 'font-size': 16, fill: theme.faint, ...middle }))
    return document(width, height, theme.ground, parts)
  }
  const each = (height - head) / view.panels.length
  const size = Math.max(9, Math.min(13, Math.round(Math.min(width, each * 1.6) / 55)))
  for (const [index, panel] of view.panels.entries()) {
    const place: Box = {
      left: 6.4 * size,
      top: head + index * each + 2.6 * size,
      width: width - 8.4 * size,
      height: Math.max(10, each - 6.6 * size),
    }
    parts.push(panelPicture(panel, view, place, { theme, size }))
  }
  return document(width, height, theme.ground, parts)
}

interface Style {
  readonly theme: Theme
  readonly size: number
}

function panelPicture({ unit, curves, range }: TimePanel, view: TimeView, box: Box, { theme, size }: Style): string {
  const { left, top, width, height } = box
  const { times, zone } = view
  const xOf = (time: number) => left + ((time - times.from) / (times.to - times.from)) * width
  const yOf = (value: number) => top + (1 - (value - range.from) / (range.to - range.from)) * height
  const up = ticksOf(range, Math.max(2, Math.floor(height / (size * 3))), unit)
  const across = timeTicks(times, Math.max(2, Math.floor(width / (size * 8))), zone)
  const parts = [
    plotFrame(box, {
      theme,
      size,
      across: across.map(({ value, label }): PlacedTick => ({ at: (xOf(value) - left) / width, label })),
      up: up.ticks.map(({ value, label }) => ({ at: (value - range.from) / (range.to - range.from), label })),
      upTitle: up.unit === '' ? undefined : up.unit,
      acrossTitle: timesText(view),
    }),
  ]
  let x = left
  for (const { name, index, runs, last } of curves) {
    const stroke = {
      stroke: seriesColor(theme, index),
      fill: 'none',
      'stroke-linejoin': 'round',
      'stroke-linecap': 'round',
    }
    const line = runs
      .map(run => pathThrough([...pointsOf(run)].map(([time, value]) => [xOf(time), yOf(value)])))
      .join('')
    if (line !== '') parts.push(element('path', { d: line, 'stroke-width': 1.6, ...stroke }))
    const text = last === undefined ? name : `${name} ${decimal(last, stepOf(range))}`
    if (x + 2 * size + textWidth(text, size) > left + width) continue
    parts.push(
      element('path', { d: `M${Math.round(x)} ${Math.round(top - size)}h${size}`, 'stroke-width': 3, ...stroke }),
    )
    parts.push(label(x + 1.5 * size, top - 0.65 * size, text, { 'font-size': size, fill: theme.text }))
    x += 3.5 * size + textWidth(text, size)
  }
  return parts.join('\n')
}

/** A thousandth of the axis: as fine as anybody reads a value. */
export function stepOf({ from, to }: TimePanel['range']): number {
  return (to - from) / 1000
}
