// What a broker must know of a packet: that its meta is JSON, and where its topic stands. Looks at bytes, makes no objects.

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
const STOP = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
)
const SPACE = Uint8Array.from({ length: 256 }, (_, byte) => ([0x20, 0x09, 0x0a, 0x0d].includes(byte) ? 1 : 0))
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => (/^[0-9a-fA-F]$/.test(String.fromCharCode(byte)) ? 1 : 0))
const ESCAPED = new Uint8Array(256)
for (const byte of Buffer.from('"\\/bfnrt')) ESCAPED[byte] = 1

/** Deeper nesting than this is refused: printing it again would exhaust a reader's stack. */
const DEEPEST = 1000

const TOPIC = 'topic'
const BROKER = 'broker'

/** What a line or a meta turned out to be; all but the first two are words for its sender. */
export type Found = 'data' | 'control' | 'no topic' | 'two topics' | 'topic is no text' | 'invalid JSON'

/**
 * Where things lie in the object last scanned. The object is used again for every packet, so that a scan allocates
 * nothing. `buffer` must hold valid UTF-8, which is cheaper to check for many packets at once.
 */
export class Envelope {
  /** The topic's bytes, without quotes; -1 where there is none. */
  topicStart = -1
  topicEnd = -1
  /** Of the topic's bytes; the same for the same bytes. */
  hash = 0
  /** The topic has escapes: its bytes are not its characters. */
  escaped = false
  #topics = 0
  #isTopicText = true
  #isControl = false
  #members = 0

  scan(buffer: Buffer, start: number, end: number): Found {
    this.topicStart = -1
    this.#topics = 0
    this.#members = 0
    this.#isTopicText = true
    this.#isControl = false
    if (buffer[start] !== OPEN || this.#object(buffer, start + 1) !== end) return 'invalid JSON'
    if (this.#topics === 1 && this.#isTopicText) return 'data'
    if (this.#topics > 1) return 'two topics'
    if (this.#topics === 1) return 'topic is no text'
    return this.#isControl && this.#members === 1 ? 'control' : 'no topic'
  }

  /** The topic as text. */
  topicText(buffer: Buffer): string {
    if (!this.escaped) return buffer.toString('utf8', this.topicStart, this.topicEnd)
    return JSON.parse(buffer.toString('utf8', this.topicStart - 1, this.topicEnd + 1)) as string
  }

  /** The members of the outermost object; the byte after it, or -1. */
  #object(buffer: Buffer, from: number): number {
    let at = from
    while (SPACE[buffer[at] as number] === 1) at++
    if (buffer[at] === CLOSE) return at + 1
    for (;;) {
      if (buffer[at] !== QUOTE) return -1
      const keyStart = at + 1
      at = stringEnd(buffer, keyStart)
      if (at < 0) return -1
      const keyEnd = at - 1
      while (SPACE[buffer[at] as number] === 1) at++
      if (buffer[at] !== COLON) return -1
      at++
      while (SPACE[buffer[at] as number] === 1) at++
      const valueStart = at
      at = valueEnd(buffer, at, 1)
      if (at < 0) return -1
      this.#members++
      const length = keyEnd - keyStart
      if (length === 5 ? isTopic(buffer, keyStart) : length > 5) this.#note(buffer, keyStart, keyEnd, valueStart, at)
      while (SPACE[buffer[at] as number] === 1) at++
      if (buffer[at] === CLOSE) return at + 1
      if (buffer[at] !== COMMA) return -1
      at++
      while (SPACE[buffer[at] as number] === 1) at++
    }
  }

  #note(buffer: Buffer, keyStart: number, keyEnd: number, valueStart: number, end: number): void {
    if (keyEnd - keyStart > 5) {
      const key = keyOf(buffer, keyStart, keyEnd)
      if (key === BROKER) this.#isControl = true
      if (key !== TOPIC) return
    }
    this.#topics++
    if (buffer[valueStart] !== QUOTE) {
      this.#isTopicText = false
      return
    }
    this.topicStart = valueStart + 1
    this.topicEnd = end - 1
    this.#hash(buffer)
  }

  /** FNV-1a. */
  #hash(buffer: Buffer): void {
    let hash = 0x811c9dc5
    let escaped = false
    for (let at = this.topicStart; at < this.topicEnd; at++) {
      const byte = buffer[at] as number
      if (byte === BACKSLASH) escaped = true
      hash = Math.imul(hash ^ byte, 0x01000193)
    }
    this.hash = hash
    this.escaped = escaped
  }
}

function isTopic(buffer: Buffer, at: number): boolean {
  return (
    buffer[at] === 0x74 &&
    buffer[at + 1] === 0x6f &&
    buffer[at + 2] === 0x70 &&
    buffer[at + 3] === 0x69 &&
    buffer[at + 4] === 0x63
  )
}

/** Longer than `topic`: either `broker`, or one of the two spelled with escapes; anything else is `''`. */
function keyOf(buffer: Buffer, start: number, end: number): string {
  if (end - start === BROKER.length && buffer[start] === 0x62) return buffer.toString('latin1', start, end)
  const backslash = buffer.indexOf(BACKSLASH, start)
  if (backslash < 0 || backslash >= end || end - start > 6 * BROKER.length) return ''
  const key: unknown = JSON.parse(buffer.toString('utf8', start - 1, end + 1))
  return typeof key === 'string' ? key : ''
}

/** The byte after the closing quote of the string whose inside begins here; -1 where it has none. */
function stringEnd(buffer: Buffer, from: number): number {
  let at = from
  for (;;) {
    while (STOP[buffer[at] as number] === 0) at++
    if (buffer[at] === QUOTE) return at + 1
    if (buffer[at] !== BACKSLASH) return -1
    at = escapeEnd(buffer, at + 1)
    if (at < 0) return -1
  }
}

function escapeEnd(buffer: Buffer, at: number): number {
  const byte = buffer[at] as number
  if (ESCAPED[byte] === 1) return at + 1
  if (byte !== 0x75) return -1
  for (let digit = 1; digit <= 4; digit++) if (HEX[buffer[at + digit] as number] !== 1) return -1
  return at + 5
}

function valueEnd(buffer: Buffer, start: number, depth: number): number {
  switch (buffer[start]) {
    case QUOTE:
      return stringEnd(buffer, start + 1)
    case OPEN:
      return depth < DEEPEST ? objectEnd(buffer, start + 1, depth + 1) : -1
    case OPEN_LIST:
      return depth < DEEPEST ? listEnd(buffer, start + 1, depth + 1) : -1
    default:
      return scalarEnd(buffer, start)
  }
}

/** `from`: after the brace. */
function objectEnd(buffer: Buffer, from: number, depth: number): number {
  let at = skipSpace(buffer, from)
  if (buffer[at] === CLOSE) return at + 1
  for (;;) {
    if (buffer[at] !== QUOTE) return -1
    at = stringEnd(buffer, at + 1)
    if (at < 0) return -1
    at = skipSpace(buffer, at)
    if (buffer[at] !== COLON) return -1
    at = valueEnd(buffer, skipSpace(buffer, at + 1), depth)
    if (at < 0) return -1
    at = skipSpace(buffer, at)
    if (buffer[at] === CLOSE) return at + 1
    if (buffer[at] !== COMMA) return -1
    at = skipSpace(buffer, at + 1)
  }
}

/** `from`: after the bracket. */
function listEnd(buffer: Buffer, from: number, depth: number): number {
  let at = skipSpace(buffer, from)
  if (buffer[at] === CLOSE_LIST) return at + 1
  for (;;) {
    at = valueEnd(buffer, at, depth)
    if (at < 0) return -1
    at = skipSpace(buffer, at)
    if (buffer[at] === CLOSE_LIST) return at + 1
    if (buffer[at] !== COMMA) return -1
    at = skipSpace(buffer, at + 1)
  }
}

function skipSpace(buffer: Buffer, from: number): number {
  let at = from
  while (SPACE[buffer[at] as number] === 1) at++
  return at
}
