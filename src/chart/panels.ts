// From the traces to what is drawn of each: curves, peaks, ranges.

import { noiseFloor, type Peak, peaksOf } from '../dsp/measure.ts'
import { lobeOf } from '../dsp/window-lobe.ts'
import { axisOf } from './axis.ts'
import { wholeRange } from './columns.ts'
import { levelRange, sampled } from './level-range.ts'
import type { Curve, Panel } from './spectrum-picture.ts'
import type { Range } from './ticks.ts'
import { clockText, dateText } from './time-ticks.ts'
import { HOLDS, type Trace } from './trace.ts'

export const CURVES = ['last', ...HOLDS] as const
export type CurveName = (typeof CURVES)[number]

export const CURVE_LABELS: Readonly<Record<CurveName, string>> = {
  last: 'last',
  max: 'max hold',
  min: 'min hold',
  mean: 'mean',
}

export interface PeakChoice {
  readonly peaks: number
  readonly above: number
}

export interface PanelOptions extends PeakChoice {
  /** The first one has the peaks. */
  readonly curves: readonly CurveName[]
  /** Hz; everything where it is missing. */
  readonly span: Range | undefined
  readonly levels: Range | undefined
}

export function panelOf(trace: Trace, { curves: names, span, levels, peaks, above }: PanelOptions): Panel {
  const { spectrum, spectra } = trace
  const curves = names.flatMap(name => curveNamed(trace, name))
  const [first] = curves
  return {
    name: trace.name,
    note: noteOf(trace),
    axis: axisOf(spectrum),
    unit: spectrum.unit,
    curves,
    peaks: first ? peaksIn(trace, first.levels, { peaks, above }, span) : [],
    range: levels ?? levelRange(curves.map(curve => curve.levels)),
    span: span ?? wholeRange(spectrum.axis, spectrum.levels.length),
    waterfall: spectra > 1 ? trace.waterfall?.rows : undefined,
  }
}

function curveNamed(trace: Trace, name: CurveName): readonly Curve[] {
  const levels = name === 'last' ? trace.spectrum.levels : trace.held(name)
  return levels ? [{ label: CURVE_LABELS[name], levels }] : []
}

/** The highest of those that can be seen. */
export function peaksIn(
  { spectrum }: Trace,
  levels: ArrayLike<number>,
  { peaks, above }: PeakChoice,
  span: Range | undefined,
): readonly Peak[] {
  const { axis, window, size } = spectrum
  const lobe = window && lobeOf(window, size)
  const floor = noiseFloor(sampled(levels))
  const count = span ? Number.POSITIVE_INFINITY : peaks
  const all = peaksOf(levels, axis, { count, floor, above, ...(lobe && { lobe }) })
  if (!span) return all
  return all.filter(({ frequency }) => frequency >= span.from && frequency <= span.to).slice(0, peaks)
}

function noteOf({ spectra, time }: Trace): string {
  const count = spectra === 1 ? '1 spectrum' : `${spectra} spectra`
  return time === undefined ? count : `${count} until ${dateText(time, 'utc')} ${clockText(time, 'utc')} UTC`
}
