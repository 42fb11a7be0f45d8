// What spectrum draws, and how, as options.

import { CURVES } from '../../chart/panels.ts'
import { THEMES } from '../../chart/theme.ts'
import type { Range } from '../../chart/ticks.ts'
import type { Option } from '../../cli/option.ts'
import { UsageError } from '../../errors.ts'
import { parseNumber, parseShape } from '../../units.ts'

/** What is drawn, on the terminal and in pictures. */
export const VIEW = [
  {
    name: 'trace',
    kind: 'choice',
    choices: CURVES,
    argument: 'CURVE',
    many: true,
    summary: 'draw the last spectrum, or what is held of all: max, min, mean; several, for several curves',
    detail: 'The default is the last one, in pictures with the greatest of each bin. The peaks are those of the first.',
  },
  {
    name: 'span',
    kind: 'text',
    argument: 'FROM,TO',
    summary: 'draw only these frequencies: 97.9M,98.2M',
  },
  {
    name: 'levels',
    kind: 'text',
    argument: 'FROM,TO',
    summary: 'the ends of the level axis: --levels=-120,-20; default: what the levels fit into',
  },
  { name: 'no-waterfall', kind: 'flag', summary: 'draw no waterfall' },
  {
    name: 'display',
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    argument: 'WHEN',
    default: 'auto',
    summary: 'draw on the terminal: auto is where no measurements and no pictures are asked for',
  },
  { name: 'rate', kind: 'number', argument: 'HZ', default: '20', summary: 'how often the terminal is drawn at most' },
] as const satisfies readonly Option[]

/** Files. */
export const PICTURE = [
  { name: 'svg', kind: 'text', argument: 'FILE', summary: 'draw an SVG picture at the end' },
  { name: 'png', kind: 'text', argument: 'FILE', summary: 'draw a PNG picture at the end' },
  {
    name: 'every',
    kind: 'duration',
    argument: 'TIME',
    summary: 'draw the pictures again at this interval; each takes the place of the last when it is whole',
  },
  { name: 'size', kind: 'text', argument: 'WIDTHxHEIGHT', default: '1200x800', summary: 'pixels of a picture' },
  {
    name: 'theme',
    kind: 'choice',
    choices: THEMES,
    argument: 'THEME',
    default: 'light',
    summary: 'the ground of a picture',
  },
  { name: 'title', kind: 'text', argument: 'TEXT', summary: 'stands above a picture or the live page' },
] as const satisfies readonly Option[]

const LEAST = 160
const MOST = 8192

export function pictureSize(text: string): { readonly width: number; readonly height: number } {
  const [width = 0, height = 0, more] = parseShape(text)
  const isRight = [width, height].every(side => side >= LEAST && side <= MOST) && more === undefined
  if (isRight) return { width, height }
  throw new UsageError(`--size ${text}: expected two sides of ${LEAST} … ${MOST} pixels, for example 1200x800`)
}

export function rangeNamed(option: string, text: string | undefined, example: string): Range | undefined {
  if (text === undefined) return undefined
  const [from, to, more] = text.split(',')
  try {
    if (from === undefined || to === undefined || more !== undefined) throw new UsageError('expected two numbers')
    const range = { from: parseNumber(from), to: parseNumber(to) }
    if (range.from < range.to) return range
    throw new UsageError('expected the lower one first')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--${option} ${text}: ${reason}, for example ${example}`, { cause: error })
  }
}
