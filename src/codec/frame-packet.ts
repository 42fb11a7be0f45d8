// A packet that is still the frame it came as: its meta is parsed only when somebody looks.

import { DataError, type Place } from '../errors.ts'
import type { Meta, Packet } from '../packet.ts'
import { isTooDeep, TOO_DEEP } from './depth.ts'
import { INVALID_JSON } from './unreadable.ts'

/**
 * A whole frame in `buffer` from `start` to `end`. The meta's bytes lie from `metaStart` to `dataStart` and start with
 * `{` and end with `}`, but for spaces; none at all stand for an empty object.
 */
export class Frame implements Packet {
  readonly buffer: Buffer
  readonly start: number
  readonly metaStart: number
  readonly dataStart: number
  readonly end: number
  /** Whether the frame carries a checksum (which was checked when it was read). */
  readonly crc: boolean
  readonly source: string
  /** Bytes before `buffer` in the source. */
  readonly base: number
  #meta: Meta | undefined
  #data: Uint8Array | undefined

  constructor(buffer: Buffer, at: FrameBounds, source: string, base: number) {
    this.buffer = buffer
    this.start = at.start
    this.metaStart = at.metaStart
    this.dataStart = at.dataStart
    this.end = at.end
    this.crc = at.crc
    this.source = source
    this.base = base
    this.#meta = undefined
    this.#data = undefined
  }

  /** Throws a DataError if the bytes are no JSON object. */
  get meta(): Meta {
    this.#meta ??= this.#parse()
    return this.#meta
  }

  get data(): Uint8Array {
    this.#data ??= this.buffer.subarray(this.dataStart, this.end)
    return this.#data
  }

  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end)
  }

  /** The frame as meta and data, parsed once. */
  parsed(): Packet {
    return { meta: this.meta, data: this.data }
  }

  get place(): Place {
    return { source: this.source, offset: this.base + this.start }
  }

  #parse(): Meta {
    const text = this.buffer.toString('utf8', this.metaStart, this.dataStart)
    if (text === '') return {}
    if (isTooDeep(this.buffer, this.metaStart, this.dataStart)) {
      throw new DataError(this.place, `${INVALID_JSON}: ${TOO_DEEP}`)
    }
    try {
      return JSON.parse(text) as Meta
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new DataError(this.place, `${INVALID_JSON}: ${detail}`, { cause: error })
    }
  }
}

/** Positions in a buffer. */
export interface FrameBounds {
  readonly start: number
  readonly metaStart: number
  readonly dataStart: number
  readonly end: number
  readonly crc: boolean
}
