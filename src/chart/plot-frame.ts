// The frame around curves: ground, grid, ticks with their labels, what the axes mean.

import { element, label } from './svg.ts'
import type { Theme } from './theme.ts'

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** `at` is 0 … 1 from the left or from the bottom. */
export interface PlacedTick {
  readonly at: number
  readonly label: string
}

export interface FrameOptions {
  readonly theme: Theme
  /** Pixels of the labels' font. */
  readonly size: number
  readonly across: readonly PlacedTick[]
  readonly up: readonly PlacedTick[]
  /** What the axes mean; nothing where a neighbour says so. */
  readonly acrossTitle?: string | undefined
  readonly upTitle?: string | undefined
}

export function plotFrame(box: Box, { theme, size, across, up, acrossTitle, upTitle }: FrameOptions): string {
  const { left, top, width, height } = box
  const bottom = top + height
  const parts = [element('rect', { x: left, y: top, width, height, fill: theme.plot })]
  const text = { 'font-size': size, fill: theme.faint }
  for (const tick of up) {
    const y = bottom - tick.at * height
    parts.push(element('path', { d: `M${left} ${round(y)}h${round(width)}`, stroke: theme.grid }))
    parts.push(label(left - 6, y + size * 0.35, tick.label, { ...text, 'text-anchor': 'end' }))
  }
  for (const tick of across) {
    const x = left + tick.at * width
    parts.push(element('path', { d: `M${round(x)} ${round(top)}v${round(height)}`, stroke: theme.grid }))
    if (tick.label === '') continue
    parts.push(element('path', { d: `M${round(x)} ${round(bottom)}v4`, stroke: theme.faint }))
    parts.push(label(x, bottom + size + 6, tick.label, { ...text, 'text-anchor': 'middle' }))
  }
  if (acrossTitle !== undefined)
    parts.push(label(left + width / 2, bottom + 2 * size + 12, acrossTitle, { ...text, 'text-anchor': 'middle' }))
  if (upTitle !== undefined) {
    const x = left - 5.2 * size
    const y = top + height / 2
    const turn = `rotate(-90 ${round(x)} ${round(y)})`
    parts.push(label(x, y, upTitle, { ...text, 'text-anchor': 'middle', transform: turn }))
  }
  parts.push(element('rect', { x: left, y: top, width, height, fill: 'none', stroke: theme.faint, 'stroke-width': 1 }))
  return parts.join('\n')
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
