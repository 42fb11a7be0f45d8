// What a broker must know of a packet: that its meta is JSON, and where its topic stands. Looks at bytes, makes no objects.

import { LINE_SPACE, longStringEnd, NO_WORDS, SPACE, STOP, stringEnd, valueEnd } from './json-value.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = 0x7b
const CLOSE = 0x7d
const NEWLINE = 0x0a

const TOPIC = Buffer.from('topic')
const BROKER = Buffer.from('broker')

/** What a line or a meta turned out to be; all but the first two are words for its sender. */
export type Found = 'data' | 'control' | 'no topic' | 'two topics' | 'topic is no text' | 'invalid JSON'

/**
 * Where things lie in the object last scanned. The object is used again for every packet, so that a scan allocates
 * nothing. `buffer` must hold valid UTF-8, which is cheaper to check for many packets at once.
 */
export class Envelope {
  /** The byte after the object; -1 where there is none. */
  end = -1
  /** The topic's bytes, without quotes; -1 where there is none. */
  topicStart = -1
  topicEnd = -1
  #topics = 0
  #isTopicText = true
  #isControl = false
  #members = 0

  /** An object from `start` to `end`. `words`: of the buffer, where there is much to scan. */
  scan(buffer: Buffer, start: number, end: number, words: Int32Array = NO_WORDS): Found {
    this.#object(buffer, words, start, SPACE)
    return this.end === end ? this.#found() : 'invalid JSON'
  }

  /** An object that begins at `start` and ends where its line does. */
  scanLine(buffer: Buffer, start: number, words: Int32Array): Found {
    this.#object(buffer, words, start, LINE_SPACE)
    return buffer[this.end] === NEWLINE ? this.#found() : 'invalid JSON'
  }

  /** FNV-1a of the topic's bytes. */
  hash(buffer: Buffer): number {
    let hash = 0x811c9dc5
    for (let at = this.topicStart; at < this.topicEnd; at++) hash = Math.imul(hash ^ (buffer[at] as number), 0x01000193)
    return hash
  }

  /** Whether the topic has escapes: its bytes are not its characters. */
  isEscaped(buffer: Buffer): boolean {
    for (let at = this.topicStart; at < this.topicEnd; at++) if (buffer[at] === BACKSLASH) return true
    return false
  }

  /** The topic as text. */
  topicText(buffer: Buffer): string {
    if (!this.isEscaped(buffer)) return buffer.toString('utf8', this.topicStart, this.topicEnd)
    return JSON.parse(buffer.toString('utf8', this.topicStart - 1, this.topicEnd + 1)) as string
  }

  #found(): Found {
    if (this.#topics === 1 && this.#isTopicText) return 'data'
    if (this.#topics > 1) return 'two topics'
    if (this.#topics === 1) return 'topic is no text'
    return this.#isControl && this.#members === 1 ? 'control' : 'no topic'
  }

  #object(buffer: Buffer, words: Int32Array, start: number, space: Uint8Array): void {
    this.end = -1
    this.topicStart = -1
    this.#topics = 0
    this.#members = 0
    this.#isTopicText = true
    this.#isControl = false
    if (buffer[start] === OPEN) this.end = this.#body(buffer, words, start + 1, space)
  }

  /** The members of the outermost object; the byte after it, or -1. */
  #body(buffer: Buffer, words: Int32Array, from: number, space: Uint8Array): number {
    let at = from
    while (space[buffer[at] as number] === 1) at++
    if (buffer[at] === CLOSE) return at + 1
    for (;;) {
      if (buffer[at] !== QUOTE) return -1
      const key = ++at
      while (STOP[buffer[at] as number] === 0) at++
      const length = at - key
      const isPlain = buffer[at] === QUOTE
      at = isPlain ? at + 1 : stringEnd(buffer, at)
      if (at < 0) return -1
      const keyEnd = at - 1
      while (space[buffer[at] as number] === 1) at++
      if (buffer[at] !== COLON) return -1
      at++
      while (space[buffer[at] as number] === 1) at++
      const value = at
      at = buffer[at] === QUOTE ? longStringEnd(buffer, words, at + 1) : valueEnd(buffer, at, 1, space)
      if (at < 0) return -1
      this.#members++
      if (!isPlain) this.#noteEscaped(buffer, key, keyEnd, value, at)
      else if (length === TOPIC.length && isAt(buffer, key, TOPIC)) this.#noteTopic(buffer, value, at)
      else if (length === BROKER.length && isAt(buffer, key, BROKER)) this.#isControl = true
      while (space[buffer[at] as number] === 1) at++
      if (buffer[at] === CLOSE) return at + 1
      if (buffer[at] !== COMMA) return -1
      at++
      while (space[buffer[at] as number] === 1) at++
    }
  }

  #noteTopic(buffer: Buffer, value: number, end: number): void {
    this.#topics++
    if (buffer[value] !== QUOTE) {
      this.#isTopicText = false
      return
    }
    this.topicStart = value + 1
    this.topicEnd = end - 1
  }

  /** A key that has escapes may spell the same. */
  #noteEscaped(buffer: Buffer, start: number, end: number, value: number, valueEnd: number): void {
    if (end - start > 6 * BROKER.length) return
    const key: unknown = JSON.parse(buffer.toString('utf8', start - 1, end + 1))
    if (key === 'topic') this.#noteTopic(buffer, value, valueEnd)
    else if (key === 'broker') this.#isControl = true
  }
}

function isAt(buffer: Buffer, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (word[i] !== buffer[at + i]) return false
  return true
}
