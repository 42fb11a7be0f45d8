// Finds the values of fields in a flat line of JSON by looking at its bytes, without parsing it.

import type { Line } from './line.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d

/** 1 for the bytes at which the inside of a plain string ends: a quote, a backslash, a control character. */
const STOP = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 || byte === QUOTE || byte === 0x5c ? 1 : 0))

/**
 * Where the values of some fields lie in a line. A scan is complete: it succeeds only on lines that are wholly valid,
 * have no nesting and no escapes, and then it says what JSON.parse would. Any other line is left to a real parse.
 * The object is used again for every line, so that a scan allocates nothing.
 */
export class FieldScan {
  /** By the index of the key: the first byte of its value in the line's buffer, -1 where the line has no such field. */
  readonly starts: Int32Array
  /** By the index of the key: the byte after its value. */
  readonly ends: Int32Array
  /** How many fields of the line were not asked for. */
  others = 0
  readonly #keys: readonly Uint8Array[]

  /** The keys must differ from one another. */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map(keyBytes)
    this.starts = new Int32Array(keys.length)
    this.ends = new Int32Array(keys.length)
  }

  /** Whether the line is one that a scan can be sure of. Of a key that comes twice the last one counts. */
  scan({ buffer, start, end }: Line): boolean {
    this.starts.fill(-1)
    this.others = 0
    if (buffer[start] !== OPEN) return false
    let at = skipSpace(buffer, start + 1)
    if (buffer[at] === CLOSE) return at === end - 1
    for (let member = 0; ; member++) {
      if (buffer[at] !== QUOTE) return false
      const keyStart = at + 1
      const keyEnd = stringEnd(buffer, keyStart)
      if (buffer[keyEnd] !== QUOTE) return false
      at = skipSpace(buffer, keyEnd + 1)
      if (buffer[at] !== COLON) return false
      const valueStart = skipSpace(buffer, at + 1)
      const valueEnd = scalarEnd(buffer, valueStart)
      if (valueEnd < 0) return false
      this.#note(keyStart, keyEnd, valueStart, valueEnd, buffer, member)
      at = skipSpace(buffer, valueEnd)
      if (buffer[at] === CLOSE) return at === end - 1
      if (buffer[at] !== COMMA || at >= end) return false
      at = skipSpace(buffer, at + 1)
    }
  }

  #note(from: number, to: number, valueStart: number, valueEnd: number, buffer: Buffer, member: number): void {
    const index = this.#indexOf(buffer, from, to, member)
    if (index < 0) {
      this.others++
      return
    }
    this.starts[index] = valueStart
    this.ends[index] = valueEnd
  }

  /** Fields mostly come in the order of the keys: the one at the same position is tried first. */
  #indexOf(buffer: Buffer, from: number, to: number, guess: number): number {
    const keys = this.#keys
    if (guess < keys.length && isKey(keys[guess] as Uint8Array, buffer, from, to)) return guess
    for (let index = 0; index < keys.length; index++) {
      if (isKey(keys[index] as Uint8Array, buffer, from, to)) return index
    }
    return -1
  }
}

/** A key with half of a surrogate pair has no bytes of its own: only an escape can spell it. */
export function keyBytes(key: string): Uint8Array {
  const bytes = Buffer.from(key)
  return bytes.toString() === key ? bytes : Uint8Array.of(QUOTE)
}

export function isKey(key: Uint8Array, buffer: Buffer, from: number, to: number): boolean {
  const { length } = key
  if (to - from !== length) return false
  for (let i = 0; i < length; i++) if (key[i] !== buffer[from + i]) return false
  return true
}

function skipSpace(buffer: Buffer, from: number): number {
  let at = from
  while (buffer[at] === 0x20 || buffer[at] === 0x09 || buffer[at] === 0x0d) at++
  return at
}

/** The closing quote, or whatever ends a plain string before it; the end of the buffer at the latest. */
function stringEnd(buffer: Buffer, from: number): number {
  const { length } = buffer
  let at = from
  while (at < length && STOP[buffer[at] as number] === 0) at++
  return at
}

/** The byte after a string, number or literal; -1 where there is none that a scan can be sure of. */
export function scalarEnd(buffer: Buffer, start: number): number {
  switch (buffer[start]) {
    case QUOTE: {
      const end = stringEnd(buffer, start + 1)
      return buffer[end] === QUOTE ? end + 1 : -1
    }
    case 0x74:
      return isWord(buffer, start, TRUE) ? start + 4 : -1
    case 0x66:
      return isWord(buffer, start, FALSE) ? start + 5 : -1
    case 0x6e:
      return isWord(buffer, start, NULL) ? start + 4 : -1
    default:
      return numberEnd(buffer, start)
  }
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const NULL = Buffer.from('null')

export function isWord(buffer: Buffer, start: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (buffer[start + i] !== word[i]) return false
  return true
}

/** The byte after the number of JSON's grammar that starts here, -1 where none does. */
export function numberEnd(buffer: Buffer, start: number): number {
  let at = start
  if (buffer[at] === 0x2d) at++
  if (buffer[at] === 0x30) at++
  else if (isDigit(buffer[at])) at = skipDigits(buffer, at + 1)
  else return -1
  if (buffer[at] === 0x2e) {
    if (!isDigit(buffer[at + 1])) return -1
    at = skipDigits(buffer, at + 2)
  }
  const exponent = buffer[at]
  if (exponent !== 0x65 && exponent !== 0x45) return at
  at++
  if (buffer[at] === 0x2b || buffer[at] === 0x2d) at++
  return isDigit(buffer[at]) ? skipDigits(buffer, at + 1) : -1
}

function skipDigits(buffer: Buffer, from: number): number {
  let at = from
  while (isDigit(buffer[at])) at++
  return at
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

const DIGITS = 15
const TENS = Float64Array.from({ length: DIGITS + 1 }, (_, i) => 10 ** i)

/**
 * The double that JSON.parse gives for the number from `start` to `end`. Up to 15 digits are an exact integer, and one
 * division by an exact power of ten rounds correctly (Clinger 1990); anything longer is left to the engine.
 */
export function numberAt(buffer: Buffer, start: number, end: number): number {
  const negative = buffer[start] === 0x2d
  const first = negative ? start + 1 : start
  if (end - first > DIGITS + 1) return Number(buffer.toString('latin1', start, end))
  let digits = 0
  let value = 0
  let point = -1
  for (let at = first; at < end; at++) {
    const byte = buffer[at] as number
    if (byte === 0x2e) {
      point = at
      continue
    }
    if (byte > 0x39 || ++digits > DIGITS) return Number(buffer.toString('latin1', start, end))
    value = value * 10 + byte - 0x30
  }
  if (point >= 0) value /= TENS[end - point - 1] as number
  return negative ? -value : value
}
