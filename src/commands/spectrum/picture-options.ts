// What spectrum draws, and how, as options.

import { CURVES } from '../../chart/panels.ts'
import { THEMES } from '../../chart/theme.ts'
import type { Range } from '../../chart/ticks.ts'
import type { Topic } from '../../cli/command.ts'
import type { Option } from '../../cli/option.ts'
import { UsageError } from '../../errors.ts'
import { plotSize } from '../../store/plot.ts'
import { parseNumber } from '../../units.ts'

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
    summary: 'draw on the terminal: auto is where no measurements, pictures or page are asked for',
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
  { name: 'pixels', kind: 'text', argument: 'WIDTHxHEIGHT', default: '1200x800', summary: 'the size of a picture' },
  {
    name: 'theme',
    kind: 'choice',
    choices: THEMES,
    argument: 'THEME',
    default: 'light',
    summary: 'the ground of a picture',
  },
  { name: 'title', kind: 'text', argument: 'TEXT', summary: 'stands above a picture' },
] as const satisfies readonly Option[]

export const TERMINAL_KEYS = {
  title: 'Keys',
  terms: [
    ['q', 'quit; ctrl-c and ctrl-z act on the whole pipeline, as ever'],
    ['space', 'pause the picture; the data passes on, and into what is held'],
    ['m n a', 'hold the greatest, the least, the mean of each bin, or not; c begins anew'],
    ['w p', 'the waterfall, the peaks, or not'],
    ['+ - z 0', 'zoom in, out, to the highest peak, show all; left and right move'],
    ['up down', 'move the level axis by 10 dB; [ and ] move its lower end, r fits it to the levels again'],
    ['tab', 'the next stream: spectra are told apart by name and channel'],
    ['h', 'more keys on the last row'],
  ],
} as const satisfies Topic

export const SPECIAL_SPECTRA = {
  title: 'Spectra out of the ordinary',
  terms: [
    [
      'no power',
      'decibels of nothing are -379.3 as fft makes them, of other scales minus infinity: drawn at the lower edge, no peak',
    ],
    [
      'NaN, infinity',
      'no level: a gap in the curve, the darkest colour; left out of what is held, null in measurements',
    ],
    ['one bin', 'a point in the middle of its own width'],
    ['very many bins', 'each column has the highest of its bins; the level axis looks at 4096 of them for the noise'],
    [
      'another frequency, size or unit in mid-stream',
      'what is held, the waterfall and the count of spectra begin anew; --span stays where it is as long as there is something to see',
    ],
    ['no frequencies in the meta', 'the axis counts bins'],
    ['more than 64 streams', 'are passed on and not drawn; how many is told at the end'],
  ],
} as const satisfies Topic

export function pictureSize(text: string): { readonly width: number; readonly height: number } {
  try {
    return plotSize(text)
  } catch (error) {
    throw new UsageError(`--pixels ${error instanceof Error ? error.message : error}`, { cause: error })
  }
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
