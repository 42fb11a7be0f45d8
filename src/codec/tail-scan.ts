// Finds the values of fields in a line of JSON from its end on, and looks no further than it must.

import type { Line } from './line.ts'
import { isKey, keyBytes, scalarEnd } from './scan.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b

/** 1 for the bytes inside a plain string: no quote, no backslash, no control character. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 || byte === QUOTE || byte === 0x5c ? 0 : 1))
const SPACE = Uint8Array.from({ length: 256 }, (_, byte) => ([0x20, 0x09, 0x0d].includes(byte) ? 1 : 0))
/** 1 for the bytes of numbers and literals. */
const WORD = new Uint8Array(256)
for (const byte of Buffer.from('0123456789+-.Etruefalsn')) WORD[byte] = 1

/**
 * Where the values of some fields lie in a line. Members are read from the last to the first until every key is found;
 * so of a key that comes twice the last one is found, as JSON.parse has it, and what stands before is not looked at: it
 * may be nested, have escapes, or be no JSON. In a line that is JSON it says what JSON.parse would. A line with nesting
 * or escapes in what is read, or where that is no JSON, is left to a real parse.
 *
 * No escape can mislead it: a quote is taken for a string's end only where no backslash stands before it.
 * The object is used again for every line, so that a scan allocates nothing.
 */
export class TailScan {
  /** By the index of the key: the first byte of its value in the line's buffer, -1 where the line has no such field. */
  readonly starts: Int32Array
  /** By the index of the key: the byte after its value. */
  readonly ends: Int32Array
  readonly #keys: readonly Uint8Array[]

  /** The keys must differ from one another. */
  constructor(keys: readonly string[]) {
    this.#keys = keys.map(keyBytes)
    this.starts = new Int32Array(keys.length)
    this.ends = new Int32Array(keys.length)
  }

  /** Whether the line is one that a scan can be sure of. */
  scan({ buffer, start, end }: Line): boolean {
    const { starts } = this
    for (let index = 0; index < starts.length; index++) starts[index] = -1
    let missing = starts.length
    let at = backSpace(buffer, start, end - 2)
    if (at === start) return true
    for (;;) {
      const valueEnd = at + 1
      const valueStart = scalarStart(buffer, start, at)
      if (valueStart < 0) return false
      at = backSpace(buffer, start, valueStart - 1)
      if (buffer[at] !== COLON) return false
      const keyEnd = backSpace(buffer, start, at - 1)
      if (buffer[keyEnd] !== QUOTE) return false
      const keyStart = stringStart(buffer, start, keyEnd)
      if (buffer[keyStart] !== QUOTE) return false
      at = backSpace(buffer, start, keyStart - 1)
      const before = buffer[at]
      if (at < start || (before !== COMMA && (before !== OPEN || at > start))) return false
      if (this.#note(keyStart + 1, keyEnd, valueStart, valueEnd, buffer) && --missing === 0) return true
      if (before === OPEN) return true
      at = backSpace(buffer, start, at - 1)
    }
  }

  /** Whether it is a key that was still missing. */
  #note(from: number, to: number, valueStart: number, valueEnd: number, buffer: Buffer): boolean {
    const keys = this.#keys
    for (let index = 0; index < keys.length; index++) {
      if (!isKey(keys[index] as Uint8Array, buffer, from, to)) continue
      if ((this.starts[index] as number) >= 0) return false
      this.starts[index] = valueStart
      this.ends[index] = valueEnd
      return true
    }
    return false
  }
}

/** The last byte, from `at` back to `start`, that is no white space. */
function backSpace(buffer: Buffer, start: number, from: number): number {
  let at = from
  while (at > start && SPACE[buffer[at] as number] === 1) at--
  return at
}

/** The opening quote of the plain string whose closing quote is at `end`, or whatever ends it before. */
function stringStart(buffer: Buffer, start: number, end: number): number {
  let at = end - 1
  while (at > start && PLAIN[buffer[at] as number] === 1) at--
  return at
}

/** The first byte of the string, number or literal whose last byte is at `last`; -1 where there is none to be sure of. */
function scalarStart(buffer: Buffer, start: number, last: number): number {
  let at = last
  if (buffer[last] === QUOTE) {
    at = stringStart(buffer, start, last)
    return at > start && buffer[at] === QUOTE ? at : -1
  }
  while (at > start && WORD[buffer[at] as number] === 1) at--
  return scalarEnd(buffer, at + 1) === last + 1 ? at + 1 : -1
}
