// The rows of a waterfall in the columns of a picture or a terminal.

import type { Axis } from './axis.ts'
import { columnMaxima, wholeRange } from './columns.ts'
import type { Range } from './ticks.ts'
import type { WaterfallRow } from './waterfall.ts'

export interface WaterfallPanel {
  readonly axis: Axis
  readonly span: Range
  readonly range: Range
  readonly rows: readonly WaterfallRow[]
  /** Bins of the spectra, of which the rows may have fewer columns. */
  readonly bins: number
}

/** The highest level of each column; rows may have fewer columns than their spectra had bins. */
export function rowColumns(
  { axis, span, bins }: WaterfallPanel,
  { levels }: WaterfallRow,
  columns: number,
): Float32Array {
  const { start, step } = axis.spacing
  if (levels.length === bins) return columnMaxima(levels, axis.spacing, span, columns)
  const whole = wholeRange(axis.spacing, bins)
  const width = (whole.to - whole.from + step) / levels.length
  return columnMaxima(levels, { start: start - step / 2 + width / 2, step: width }, span, columns)
}
