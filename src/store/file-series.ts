// The files of one store, one after the other: the one that is written and the finished ones.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, extname } from 'node:path'
import { formatParts, type PatternPart, patternExpression, patternParts, patternTime, patternUnit } from './strftime.ts'

/** In names of finished files: a time with milliseconds, without characters that some file systems refuse. */
const STAMP = String.raw`\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}Z`

function stamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/:/g, '')
}

function stampTime(text: string): number {
  return Date.parse(text.replace(/T(..)(..)/, 'T$1:$2:'))
}

interface Found {
  readonly path: string
  /** What the pattern says, or when it was last written: epoch milliseconds. */
  readonly time: number
  readonly stamp: string | undefined
}

/**
 * `log.csv` is always the file that is written; when it is finished it becomes `log.2026-11-21T040000.000Z.csv` and
 * keeps that name for ever. With strftime directives (`log-%F.csv`) the time alone changes the name, and a stamp is
 * added only where one name's file is finished more than once.
 */
export class FileSeries {
  readonly #parts: readonly PatternPart[]
  readonly #unit: number
  /** What follows the stamp: the ending of the name, if it tells no time itself. */
  readonly #ending: string
  /** Whether the folders tell a time, so that they are made as they are needed. */
  readonly makesFolders: boolean
  #path = ''
  #until = Number.NEGATIVE_INFINITY
  #since = Number.NEGATIVE_INFINITY

  constructor(pattern: string) {
    this.#parts = patternParts(pattern)
    this.#unit = patternUnit(this.#parts)
    const ending = extname(basename(pattern))
    this.#ending = ending.includes('%') ? '' : ending
    this.makesFolders = patternUnit(patternParts(dirname(pattern))) < Number.POSITIVE_INFINITY
  }

  /** Whether the name tells a time. */
  get timed(): boolean {
    return this.#unit < Number.POSITIVE_INFINITY
  }

  /** The file to be written at a time. */
  path(now: number): string {
    if (now >= this.#since && now < this.#until) return this.#path
    const unit = this.#unit
    this.#since = this.timed ? Math.floor(now / unit) * unit : Number.NEGATIVE_INFINITY
    this.#until = this.timed ? this.#since + unit : Number.POSITIVE_INFINITY
    this.#path = formatParts(this.#parts, now)
    return this.#path
  }

  /** The name a file gets when it is finished, later than those of the ones before it. */
  finishedPath(path: string, time: number): string {
    const ending = this.#ending
    const base = path.slice(0, path.length - ending.length)
    const last = this.#found().findLast(file => file.stamp !== undefined)?.stamp
    let at = Math.max(time, last === undefined ? 0 : stampTime(last) + 1)
    while (existsSync(`${base}.${stamp(at)}${ending}`)) at++
    return `${base}.${stamp(at)}${ending}`
  }

  /** Every file of the series that is there, oldest first. */
  files(): readonly string[] {
    return this.#found().map(file => file.path)
  }

  #found(): readonly Found[] {
    const pattern = this.#parts.map(part => ('literal' in part ? part.literal : `\0${part.letter}`)).join('')
    const root = /^[^\0]*\//.exec(pattern)?.[0] ?? ''
    const segments = pattern.slice(root.length).split('/')
    const found = [...this.#walk(root, segments, [], [])]
    return found.sort(
      (one, other) =>
        one.time - other.time ||
        // The file without a stamp is the one still written.
        byText(one.stamp ?? '~', other.stamp ?? '~') ||
        byText(one.path, other.path),
    )
  }

  *#walk(
    folder: string,
    segments: readonly string[],
    letters: readonly string[],
    texts: readonly string[],
  ): Generator<Found> {
    const [segment = '', ...rest] = segments
    const last = rest.length === 0
    const parts = patternParts(segment.replaceAll('%', '%%').replaceAll('\0', '%'))
    const tail = last ? patternExpression([{ literal: this.#ending }]) : ''
    const base = patternExpression(parts).slice(0, -tail.length || undefined)
    const expression = new RegExp(last ? `^${base}(?:\\.(?<stamp>${STAMP}))?${tail}$` : `^${base}$`)
    const ours = parts.flatMap(part => ('letter' in part ? [part.letter] : []))
    for (const name of namesIn(folder)) {
      const match = expression.exec(name)
      if (!match) continue
      const path = folder + name
      const known = [...texts, ...match.slice(1, 1 + ours.length)]
      const names = [...letters, ...ours]
      if (!last) {
        yield* this.#walk(`${path}/`, rest, names, known)
        continue
      }
      const stat = statSync(path, { throwIfNoEntry: false })
      if (!stat?.isFile()) continue
      const time = this.timed ? (patternTime(names, known) ?? stat.mtimeMs) : 0
      yield { path, time, stamp: match.groups?.['stamp'] }
    }
  }
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder)
  } catch {
    return []
  }
}
