// Which bins stand in which column of a picture: the highest of each column, so that no peak is ever skipped.

import type { Range } from './ticks.ts'

/** Evenly spaced positions: of bins, in hertz. */
export interface Spacing {
  readonly start: number
  readonly step: number
}

export interface Point {
  /** 0 … 1 from the left to the right of the range. */
  readonly x: number
  readonly y: number
}

/** The first and the last bin that touch a range, half a bin to each side; the last is less where there is none. */
export function binsIn({ start, step }: Spacing, { from, to }: Range, bins: number): readonly [number, number] {
  const first = Math.max(0, Math.ceil((from - start) / step - 0.5))
  const last = Math.min(bins - 1, Math.floor((to - start) / step + 0.5))
  return [first, last]
}

/** The middle of the first bin to that of the last; a bin's width where there is one bin alone. */
export function wholeRange({ start, step }: Spacing, bins: number): Range {
  const half = bins === 1 ? step / 2 : 0
  return { from: start - half, to: start + (bins - 1) * step + half }
}

/** Whether the ranges have something in common. */
export function overlap(a: Range, b: Range): boolean {
  return a.from < b.to && b.from < a.to
}

/** A curve: each bin where there is room for all of them, else the highest of each column. NaN stays, as a gap. */
export function curveOf(levels: ArrayLike<number>, spacing: Spacing, range: Range, columns: number): readonly Point[] {
  const span = range.to - range.from
  const [first, last] = binsIn(spacing, range, levels.length)
  if (last - first + 1 <= columns) {
    const points: Point[] = []
    for (let bin = first; bin <= last; bin++) {
      points.push({ x: (spacing.start + bin * spacing.step - range.from) / span, y: levels[bin] ?? Number.NaN })
    }
    return points
  }
  const highest = columnMaxima(levels, spacing, range, columns)
  return Array.from(highest, (y, column) => ({ x: (column + 0.5) / columns, y }))
}

/** The highest level of each column; where a column has no bin of its own, that of the bin it lies in, or NaN beyond. */
export function columnMaxima(
  levels: ArrayLike<number>,
  { start, step }: Spacing,
  { from, to }: Range,
  columns: number,
): Float32Array {
  const highest = new Float32Array(columns).fill(Number.NaN)
  const width = (to - from) / columns
  for (let column = 0; column < columns; column++) {
    const left = from + column * width
    let first = Math.ceil((left - start) / step - 1e-9)
    let last = Math.ceil((left + width - start) / step - 1e-9) - 1
    if (last < first) first = last = Math.round((left + width / 2 - start) / step)
    highest[column] = highestOf(levels, Math.max(0, first), Math.min(levels.length - 1, last))
  }
  return highest
}

export function highestOf(levels: ArrayLike<number>, first: number, last: number): number {
  let highest = Number.NaN
  for (let bin = first; bin <= last; bin++) {
    const level = levels[bin] ?? Number.NaN
    if (!(level <= highest) && !Number.isNaN(level)) highest = level
  }
  return highest
}
