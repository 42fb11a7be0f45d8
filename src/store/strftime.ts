// Times in file names: the digits of strftime(3), always UTC.

import { UsageError } from '../errors.ts'

interface Directive {
  /** How many milliseconds the text stays the same, at least. */
  readonly unit: number
  readonly digits: string
  readonly text: (date: Date) => string
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const two = (value: number) => String(value).padStart(2, '0')

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  Y: { unit: DAY, digits: '\\d{4}', text: date => String(date.getUTCFullYear()).padStart(4, '0') },
  m: { unit: DAY, digits: '\\d{2}', text: date => two(date.getUTCMonth() + 1) },
  d: { unit: DAY, digits: '\\d{2}', text: date => two(date.getUTCDate()) },
  j: { unit: DAY, digits: '\\d{3}', text: date => String(dayOfYear(date)).padStart(3, '0') },
  H: { unit: HOUR, digits: '\\d{2}', text: date => two(date.getUTCHours()) },
  M: { unit: MINUTE, digits: '\\d{2}', text: date => two(date.getUTCMinutes()) },
  S: { unit: SECOND, digits: '\\d{2}', text: date => two(date.getUTCSeconds()) },
  s: { unit: SECOND, digits: '\\d+', text: date => String(Math.floor(date.getTime() / SECOND)) },
}

const COMPOSED: Readonly<Record<string, string>> = { F: '%Y-%m-%d', T: '%H:%M:%S' }

/** One piece of a pattern: literal text, or the letter of a directive. */
export type PatternPart = { readonly literal: string } | { readonly letter: string; readonly directive: Directive }

/** Takes a pattern apart; a directive nobody knows is a UsageError that names the known ones. */
export function patternParts(pattern: string): readonly PatternPart[] {
  const plain = pattern.replace(/%([FT%])/g, (whole, letter: string) => COMPOSED[letter] ?? whole)
  const parts: PatternPart[] = []
  for (const [piece] of plain.matchAll(/%.?|[^%]+/gs)) {
    if (!piece.startsWith('%')) {
      parts.push({ literal: piece })
      continue
    }
    const letter = piece.slice(1)
    const directive = DIRECTIVES[letter]
    if (letter === '%') parts.push({ literal: '%' })
    else if (directive) parts.push({ letter, directive })
    else
      throw new UsageError(
        `'${pattern}': unknown '${piece}': expected %${known().join(' %')} (or %% for a percent sign)`,
      )
  }
  return parts
}

function known(): string[] {
  return [...Object.keys(DIRECTIVES), ...Object.keys(COMPOSED)]
}

export function strftime(pattern: string, milliseconds: number): string {
  return formatParts(patternParts(pattern), milliseconds)
}

export function formatParts(parts: readonly PatternPart[], milliseconds: number): string {
  const date = new Date(milliseconds)
  return parts.map(part => ('literal' in part ? part.literal : part.directive.text(date))).join('')
}

/** The shortest time for which the text of the pattern stays the same; infinite where it names no time. */
export function patternUnit(parts: readonly PatternPart[]): number {
  return Math.min(...parts.map(part => ('literal' in part ? Number.POSITIVE_INFINITY : part.directive.unit)))
}

/** The source of a regular expression for texts of the pattern: each directive is a group, in order. */
export function patternExpression(parts: readonly PatternPart[]): string {
  return parts
    .map(part =>
      'literal' in part ? part.literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `(${part.directive.digits})`,
    )
    .join('')
}

/**
 * The time that the texts of the directives name, in epoch milliseconds, or nothing where they do not say the year.
 * What they leave out is the earliest.
 */
export function patternTime(letters: readonly string[], texts: readonly string[]): number | undefined {
  const value = (letter: string) => {
    const index = letters.indexOf(letter)
    return index < 0 ? undefined : Number(texts[index])
  }
  const epoch = value('s')
  if (epoch !== undefined) return epoch * SECOND
  const year = value('Y')
  if (year === undefined) return undefined
  const ordinal = value('j')
  const month = ordinal === undefined ? (value('m') ?? 1) : 1
  const day = ordinal ?? value('d') ?? 1
  return Date.UTC(year, month - 1, day, value('H') ?? 0, value('M') ?? 0, value('S') ?? 0)
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY) + 1
}
