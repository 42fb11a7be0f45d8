// A packet that is still the line of JSON it came as: parsed only when somebody looks.

import { DataError, type Place } from '../errors.ts'
import type { Meta, Packet } from '../packet.ts'
import { splitData } from './json-data.ts'

const NEWLINE = 10

/** Where a buffer lies in its source, so that a place in it can be named. */
export class Origin {
  readonly source: string
  /** Bytes before the buffer in the source. */
  readonly offset: number
  /** The number of the line the buffer begins in, from 1. */
  readonly line: number
  #counted = 0
  #lines = 0

  constructor(source: string, offset: number, line: number) {
    this.source = source
    this.offset = offset
    this.line = line
  }

  /** Names a position of the buffer. Newlines are counted only then, and once if asked in ascending order. */
  place(buffer: Buffer, position: number): Place {
    if (position < this.#counted) {
      this.#counted = 0
      this.#lines = 0
    }
    let at = buffer.indexOf(NEWLINE, this.#counted)
    while (at >= 0 && at < position) {
      this.#lines++
      this.#counted = at + 1
      at = buffer.indexOf(NEWLINE, at + 1)
    }
    return { source: this.source, line: this.line + this.#lines, offset: this.offset + position }
  }
}

/**
 * One JSON object on a line. `end` excludes the newline, white space around the object and a leading RS; the bytes
 * start with `{` and end with `}` and are valid UTF-8, which whoever makes a Line has checked.
 */
export class Line implements Packet {
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
  readonly origin: Origin
  #packet: Packet | undefined

  constructor(buffer: Buffer, start: number, end: number, origin: Origin) {
    this.buffer = buffer
    this.start = start
    this.end = end
    this.origin = origin
    this.#packet = undefined
  }

  /** Throws a DataError if the line is not JSON. */
  get meta(): Meta {
    return this.parsed().meta
  }

  get data(): Uint8Array {
    return this.parsed().data
  }

  get place(): Place {
    return this.origin.place(this.buffer, this.start)
  }

  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end)
  }

  /** The line as meta and data, parsed once. */
  parsed(): Packet {
    this.#packet ??= splitData(this.#parse())
    return this.#packet
  }

  #parse(): Meta {
    try {
      return JSON.parse(this.buffer.toString('utf8', this.start, this.end)) as Meta
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new DataError(this.place, `invalid JSON: ${detail}`, { cause: error })
    }
  }
}
