// How the records of a file are told apart: where each ends, and where the last whole one ends.

import type { FileWindow } from './file-window.ts'

export interface Whole {
  readonly records: number
  readonly length: number
}

/** What a look through a file finds. */
export interface Survey {
  /** Where the last whole record ends: what follows was cut short. */
  readonly end: number
  /** The beginning of a record at or before a position. */
  readonly start: (position: number) => number
}

export interface RecordFormat {
  /** Whether a file that begins so may be of this format: if not, nothing is cut off from it. */
  accepts(head: Uint8Array): boolean
  /** The whole records, at most `limit`, that bytes which begin at a record begin with. */
  whole(bytes: Uint8Array, limit?: number): Whole
  survey(file: FileWindow): Survey
  /** For bytes that come in pieces: where in each the last whole record ends, or -1 where none ends in it. */
  scan(): (bytes: Uint8Array) => number
}

const NEWLINE = 10
const QUOTE = 34
const BRACE = 123
const RECORD_SEPARATOR = 30

/** A record is a line that holds a JSON object, perhaps after the RS of RFC 7464. */
export const lineFormat: RecordFormat = {
  accepts: head => head[0] === BRACE || head[0] === RECORD_SEPARATOR,
  whole(bytes, limit = Number.POSITIVE_INFINITY) {
    let length = 0
    let records = 0
    for (let at = bytes.indexOf(NEWLINE); at >= 0 && records < limit; at = bytes.indexOf(NEWLINE, length)) {
      length = at + 1
      records++
    }
    return { records, length }
  },
  survey(file) {
    const lineStart = (position: number): number => {
      for (let to = position; to > 0; ) {
        const from = Math.max(0, to - file.block)
        const at = file.read(from, to - from).lastIndexOf(NEWLINE)
        if (at >= 0) return from + at + 1
        to = from
      }
      return 0
    }
    return { end: lineStart(file.size), start: lineStart }
  },
  scan: () => bytes => bytes.lastIndexOf(NEWLINE) + 1 || -1,
}

/**
 * A record is a line, but a newline between quotes belongs to its cell (RFC 4180). Whether a quote opens or closes is
 * known only from the beginning, so a survey reads the whole file.
 */
export const csvFormat: RecordFormat = {
  accepts: head => !head.includes(0),
  whole(bytes, limit = Number.POSITIVE_INFINITY) {
    const scan = new QuoteScan()
    let length = 0
    let records = 0
    scan.newlines(bytes, at => {
      length = at + 1
      return ++records < limit
    })
    return { records, length }
  },
  survey(file) {
    const scan = new QuoteScan()
    const starts: number[] = [0]
    let end = 0
    for (let from = 0; from < file.size; from += file.block) {
      const last = scan.lastNewline(file.read(from, Math.min(file.block, file.size - from)))
      if (last < 0) continue
      end = from + last + 1
      starts.push(end)
    }
    return { end, start: position => starts.findLast(start => start <= position) ?? 0 }
  },
  scan() {
    const scan = new QuoteScan()
    return bytes => scan.lastNewline(bytes) + 1 || -1
  },
}

/** Walks over the newlines that are not between quotes, in bytes that come in pieces. */
class QuoteScan {
  #quoted = false

  newlines(bytes: Uint8Array, found: (at: number) => boolean): void {
    this.#plainRanges(bytes, (from, to) => {
      for (let at = bytes.indexOf(NEWLINE, from); at >= 0 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) {
        if (!found(at)) return false
      }
      return true
    })
  }

  lastNewline(bytes: Uint8Array): number {
    let last = -1
    this.#plainRanges(bytes, (from, to) => {
      const at = bytes.subarray(from, to).lastIndexOf(NEWLINE)
      if (at >= 0) last = from + at
      return true
    })
    return last
  }

  #plainRanges(bytes: Uint8Array, range: (from: number, to: number) => boolean): void {
    let from = 0
    while (from <= bytes.length) {
      const quote = bytes.indexOf(QUOTE, from)
      const to = quote < 0 ? bytes.length : quote
      if (!this.#quoted && !range(from, to)) return
      if (quote < 0) return
      this.#quoted = !this.#quoted
      from = quote + 1
    }
  }
}
