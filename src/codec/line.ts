// A packet that is still the line of JSON it came as: parsed only when somebody looks.

import { DataError, type Place } from '../errors.ts'
import type { Meta, Packet } from '../packet.ts'
import { isTooDeep, TOO_DEEP } from './depth.ts'
import { splitData } from './json-data.ts'
import { INVALID_JSON } from './unreadable.ts'

const NEWLINE = 10

/** Where a buffer lies in its source, so that a place in it can be named. */
export interface Origin {
  readonly source: string
  /** Of the buffer's first byte, from the start of the source. */
  readonly offset: number
  /** The number of the line that the buffer begins in, from 1. */
  readonly line: number
}

/** Newlines counted so far, for each origin that was asked for a place: many bad lines in order cost one pass. */
const COUNTED = new WeakMap<Origin, { at: number; lines: number }>()

function placeIn(origin: Origin, buffer: Buffer, position: number): Place {
  let counted = COUNTED.get(origin)
  if (!counted || counted.at > position) {
    counted = { at: 0, lines: 0 }
    COUNTED.set(origin, counted)
  }
  for (let at = buffer.indexOf(NEWLINE, counted.at); at >= 0 && at < position; at = buffer.indexOf(NEWLINE, at + 1)) {
    counted.at = at + 1
    counted.lines++
  }
  return { source: origin.source, line: origin.line + counted.lines, offset: origin.offset + position }
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

  /** Throws a DataError if the line is not JSON, or its data not what its dtype asks for. */
  get meta(): Meta {
    return this.parsed().meta
  }

  get data(): Uint8Array {
    return this.parsed().data
  }

  get place(): Place {
    return placeIn(this.origin, this.buffer, this.start)
  }

  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end)
  }

  /** The line as meta and data, parsed once. */
  parsed(): Packet {
    this.#packet ??= splitData(this.#parse(), this)
    return this.#packet
  }

  #parse(): Meta {
    if (isTooDeep(this.buffer, this.start, this.end)) throw new DataError(this.place, `${INVALID_JSON}: ${TOO_DEEP}`)
    try {
      return JSON.parse(this.buffer.toString('utf8', this.start, this.end)) as Meta
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new DataError(this.place, `${INVALID_JSON}: ${detail}`, { cause: error })
    }
  }
}
