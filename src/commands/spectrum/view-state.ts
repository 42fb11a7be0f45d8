// What the keys of the display change: which stream, what is drawn of it, which part.

import { CURVES, type CurveName, type PanelOptions } from '../../chart/panels.ts'
import type { Range } from '../../chart/ticks.ts'
import type { Hold } from '../../chart/trace.ts'

export interface ViewState extends PanelOptions {
  /** Which stream, counted from 0 and on and on. */
  readonly stream: number
  readonly isPaused: boolean
  readonly waterfall: 'shown' | 'hidden'
  readonly marks: 'shown' | 'hidden'
  readonly help: 'short' | 'long'
}

/** What is on the screen now. */
export interface Shown {
  readonly span: Range
  readonly whole: Range
  readonly range: Range
  /** Hz of the highest peak. */
  readonly peak: number | undefined
}

export const HELP = {
  short: 'q quit  space pause  m max  w waterfall  p peaks  + - zoom  ← → move  ↑ ↓ level  tab next  h more',
  long: 'm max  n min  a mean  c clear | z zoom to peak  0 all | [ ] scale  r auto | h less',
} as const

const HOLD_KEYS: Readonly<Record<string, Hold>> = { m: 'max', n: 'min', a: 'mean' }

const LEVEL_STEP = 10
const LEAST_LEVELS = 10

/** The state after a key; the same one where the key means nothing. */
export function afterKey(state: ViewState, key: string, shown: Shown | undefined): ViewState {
  const hold = HOLD_KEYS[key]
  if (hold) return { ...state, curves: toggled(state.curves, hold) }
  switch (key) {
    case ' ':
      return { ...state, isPaused: !state.isPaused }
    case 'w':
      return { ...state, waterfall: state.waterfall === 'shown' ? 'hidden' : 'shown' }
    case 'p':
      return { ...state, marks: state.marks === 'shown' ? 'hidden' : 'shown' }
    case 'h':
    case '?':
      return { ...state, help: state.help === 'short' ? 'long' : 'short' }
    case 'tab':
      return { ...state, stream: state.stream + 1, span: undefined, levels: undefined }
    case 'shift-tab':
      return { ...state, stream: state.stream - 1, span: undefined, levels: undefined }
    case 'r':
      return { ...state, levels: undefined }
    case '0':
    case 'home':
      return { ...state, span: undefined }
    default:
      return shown ? moved(state, key, shown) : state
  }
}

/** In the order of the table; the last one stays where nothing else would be drawn. */
function toggled(curves: readonly CurveName[], hold: Hold): readonly CurveName[] {
  const isOn = curves.includes(hold)
  const next = CURVES.filter(curve => (curve === hold ? !isOn : curves.includes(curve)))
  return next.length > 0 ? next : ['last']
}

function moved(state: ViewState, key: string, { span, whole, range, peak }: Shown): ViewState {
  const width = span.to - span.from
  const middle = (span.from + span.to) / 2
  const spanned = (center: number, wide: number) => ({ ...state, span: within(whole, center, wide) })
  const leveled = (from: number, to: number) => ({ ...state, levels: { from, to: Math.max(to, from + LEAST_LEVELS) } })
  switch (key) {
    case '+':
    case '=':
      return spanned(middle, width / 2)
    case '-':
      return spanned(middle, width * 2)
    case 'z':
      return spanned(peak ?? middle, width / 2)
    case 'left':
      return spanned(middle - width / 4, width)
    case 'right':
      return spanned(middle + width / 4, width)
    case 'up':
      return leveled(range.from + LEVEL_STEP, range.to + LEVEL_STEP)
    case 'down':
      return leveled(range.from - LEVEL_STEP, range.to - LEVEL_STEP)
    case '[':
      return leveled(range.from - LEVEL_STEP, range.to)
    case ']':
      return leveled(Math.min(range.from + LEVEL_STEP, range.to - LEAST_LEVELS), range.to)
    default:
      return state
  }
}

/** Everything, where a span would be wider than that; moved inside otherwise. */
function within(whole: Range, center: number, width: number): Range | undefined {
  if (width >= whole.to - whole.from || !(width > 0)) return undefined
  const from = Math.max(whole.from, Math.min(whole.to - width, center - width / 2))
  return { from, to: from + width }
}
