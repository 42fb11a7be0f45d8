// From sensors to what is drawn of them: a panel for each unit, one time axis for all.

import { niceRange, type Range } from './ticks.ts'
import type { Piece, TimeSeries } from './time-series.ts'
import { clockText, dateText, type Zone } from './time-ticks.ts'

export interface TimeCurve {
  readonly name: string
  /** Which colour, the same in every panel. */
  readonly index: number
  readonly runs: readonly (readonly Piece[])[]
  /** The newest value. */
  readonly last: number | undefined
}

export interface TimePanel {
  readonly unit: string
  readonly curves: readonly TimeCurve[]
  readonly range: Range
}

export interface TimeView {
  readonly panels: readonly TimePanel[]
  readonly times: Range
  readonly zone: Zone
}

/** Nothing where there are no values. */
export function timeView(series: readonly TimeSeries[], zone: Zone): TimeView | undefined {
  const spans = series.flatMap(one => one.times ?? [])
  if (spans.length === 0) return undefined
  const from = Math.min(...spans.map(span => span.from))
  const to = Math.max(...spans.map(span => span.to))
  const units = [...new Set(series.map(({ unit }) => unit))]
  const panels = units.map((unit): TimePanel => {
    const curves = [...series.entries()].flatMap(([index, one]) => (one.unit === unit ? [curveOf(one, index)] : []))
    return { unit, curves, range: rangeOf(curves) }
  })
  // A single moment has a second around it.
  const times = from === to ? { from: from - 500, to: to + 500 } : { from, to }
  return { panels, times, zone }
}

function curveOf(series: TimeSeries, index: number): TimeCurve {
  return { name: series.name, index, runs: series.runs(), last: series.newest }
}

function rangeOf(curves: readonly TimeCurve[]): Range {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const { runs } of curves) {
    for (const { least, greatest } of runs.flat()) {
      from = Math.min(from, least)
      to = Math.max(to, greatest)
    }
  }
  return niceRange({ from, to })
}

/** Of each piece its first value, then from the least to the greatest: nothing sticks out that was not there. */
export function* pointsOf(run: readonly Piece[]): Generator<readonly [time: number, value: number]> {
  for (const { time, first, least, greatest } of run) {
    yield [time, first]
    if (least < first) yield [time, least]
    if (greatest > first || least < first) yield [time, greatest]
  }
}

/** `2026-11-21 12:00:00 … 12:05:00 UTC`. */
export function timesText({ times: { from, to }, zone }: TimeView): string {
  const [first, last] = [dateText(from, zone), dateText(to, zone)]
  const end = first === last ? clockText(to, zone) : `${last} ${clockText(to, zone)}`
  return `${first} ${clockText(from, zone)} … ${end} ${zone === 'utc' ? 'UTC' : 'local time'}`
}
