// Where a JSON value ends that begins in a buffer of UTF-8: looks at bytes, makes no objects.

import { scalarEnd } from './scan.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d

/** 1 for the bytes at which the plain inside of a string ends: a quote, a backslash, a control character. */
export const STOP = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
)
/** 1 for white space. */
export const SPACE = Uint8Array.from({ length: 256 }, (_, byte) => ([0x20, 0x09, 0x0a, 0x0d].includes(byte) ? 1 : 0))
/** 1 for white space within a line. */
export const LINE_SPACE = SPACE.map((is, byte) => (byte === 0x0a ? 0 : is))
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => (/^[0-9a-fA-F]$/.test(String.fromCharCode(byte)) ? 1 : 0))
const ESCAPED = new Uint8Array(256)
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPED[byte] = 1

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Deeper nesting than this is refused: printing it again would exhaust a reader's stack. */
const DEEPEST = 1000

/** The byte after the closing quote of the string whose inside begins here; -1 where it has none. */
export function stringEnd(buffer: Buffer, from: number): number {
  let at = from
  for (;;) {
    while (STOP[buffer[at] as number] === 0) at++
    if (buffer[at] === QUOTE) return at + 1
    if (buffer[at] !== BACKSLASH) return -1
    at = escapeEnd(buffer, at + 1)
    if (at < 0) return -1
  }
}

/** The same, where the inside is looked at four bytes at once; `words`: those of the buffer. */
export function longStringEnd(buffer: Buffer, words: Int32Array, from: number): number {
  let at = from
  for (; (at & 3) !== 0; at++) if (STOP[buffer[at] as number] !== 0) return stringEnd(buffer, at)
  let index = at >> 2
  const { length } = words
  while (index < length && isPlain(words[index] as number)) index++
  return stringEnd(buffer, index > at >> 2 ? index << 2 : at)
}

/**
 * Whether none of the four bytes is below a space, a quote or a backslash: a byte less than n borrows its highest bit when n is
 * subtracted, unless it had that bit before; a byte equals c where it is less than 1 after it has been combined with c.
 */
function isPlain(word: number): boolean {
  const borrowed = (word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)
  return (borrowed & ~word & 0x80808080) === 0
}

/** Of a short buffer, and of one that does not begin where a word may, none. */
export function wordsOf({ buffer, byteOffset, length }: Buffer): Int32Array {
  return length < 512 || (byteOffset & 3) !== 0 ? NO_WORDS : new Int32Array(buffer, byteOffset, length >> 2)
}

export const NO_WORDS = new Int32Array(0)

function escapeEnd(buffer: Buffer, at: number): number {
  const byte = buffer[at] as number
  if (ESCAPED[byte] === 1) return at + 1
  if (byte !== 0x75) return -1
  for (let digit = 1; digit <= 4; digit++) if (HEX[buffer[at + digit] as number] !== 1) return -1
  return at + 5
}

/** The byte after the value that begins here, so deep in others; -1 where there is none. `space` says what white space is. */
export function valueEnd(buffer: Buffer, start: number, depth: number, space: Uint8Array): number {
  switch (buffer[start]) {
    case QUOTE:
      return stringEnd(buffer, start + 1)
    case OPEN:
      return depth < DEEPEST ? objectEnd(buffer, start + 1, depth + 1, space) : -1
    case OPEN_LIST:
      return depth < DEEPEST ? listEnd(buffer, start + 1, depth + 1, space) : -1
    default:
      return scalarEnd(buffer, start)
  }
}

/** `from`: after the brace. */
function objectEnd(buffer: Buffer, from: number, depth: number, space: Uint8Array): number {
  let at = skip(buffer, from, space)
  if (buffer[at] === CLOSE) return at + 1
  for (;;) {
    if (buffer[at] !== QUOTE) return -1
    at = stringEnd(buffer, at + 1)
    if (at < 0) return -1
    at = skip(buffer, at, space)
    if (buffer[at] !== COLON) return -1
    at = valueEnd(buffer, skip(buffer, at + 1, space), depth, space)
    if (at < 0) return -1
    at = skip(buffer, at, space)
    if (buffer[at] === CLOSE) return at + 1
    if (buffer[at] !== COMMA) return -1
    at = skip(buffer, at + 1, space)
  }
}

/** `from`: after the bracket. */
function listEnd(buffer: Buffer, from: number, depth: number, space: Uint8Array): number {
  let at = skip(buffer, from, space)
  if (buffer[at] === CLOSE_LIST) return at + 1
  for (;;) {
    at = valueEnd(buffer, at, depth, space)
    if (at < 0) return -1
    at = skip(buffer, at, space)
    if (buffer[at] === CLOSE_LIST) return at + 1
    if (buffer[at] !== COMMA) return -1
    at = skip(buffer, at + 1, space)
  }
}

function skip(buffer: Buffer, from: number, space: Uint8Array): number {
  let at = from
  while (space[buffer[at] as number] === 1) at++
  return at
}
