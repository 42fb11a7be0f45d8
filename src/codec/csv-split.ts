// Finds where the records of CSV end, without reading their cells, so that each can be named and kept as it came.

const QUOTE = 0x22
const COMMA = 0x2c
const CR = 0x0d
const LF = 0x0a
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const

/** Bytes of a whole record, line ending included, and the number of the line it begins in. */
export interface RecordSpan {
  readonly start: number
  readonly end: number
  readonly line: number
}

/** Goes through bytes once; remembers between chunks where in a cell it is. */
export class CsvSplitter {
  #state: 'start' | 'plain' | 'quoted' | 'quote' = 'start'
  /** How much of a byte order mark the input has begun with; 3 when that is settled. */
  #mark = 0

  /** Whether the bytes so far end within a quoted cell. */
  get quoted(): boolean {
    return this.#state === 'quoted'
  }

  /** The position after the line ending of the next record, -1 if it does not end in these bytes. */
  next(bytes: Buffer, from: number): number {
    let at = this.#mark < 3 ? this.#skipMark(bytes, from) : from
    let state = this.#state
    const { length } = bytes
    while (at < length) {
      if (state === 'quoted') {
        const quote = bytes.indexOf(QUOTE, at)
        if (quote < 0) break
        state = 'quote'
        at = quote + 1
        continue
      }
      const byte = bytes[at++]
      if (byte === LF) {
        this.#state = 'start'
        return at
      }
      if (byte === COMMA) state = 'start'
      else if (byte === QUOTE && state !== 'plain') state = 'quoted'
      else state = 'plain'
    }
    this.#state = state
    return -1
  }

  #skipMark(bytes: Buffer, from: number): number {
    let at = from
    while (this.#mark < 3 && at < bytes.length) {
      if (bytes[at] !== BYTE_ORDER_MARK[this.#mark]) this.#mark = 3
      else {
        this.#mark++
        at++
      }
    }
    return at
  }
}

export function isBlank(bytes: Buffer, { start, end }: RecordSpan): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== CR && bytes[at] !== LF) return false
  return true
}

/** How many lines end between two positions. */
export function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) lines++
  return lines
}
