// A packet that is a line of newline-JSON: its bytes as they came, parsed only when somebody looks.

import { DataError, type Place } from '../errors.ts'
import { type JsonObject, type Meta, NO_DATA, type Packet } from '../packet.ts'

/** The buffer that a line stands in: enough to name the place of any of its lines. */
export interface Origin {
  readonly source: string
  /** Of the buffer's first byte. */
  readonly offset: number
  /** The number of the line that the buffer begins with. */
  readonly line: number
}

/** `buffer` from `start` to `end` (exclusive) is the object, without line ending, carriage return and separators. */
export class Line implements Packet {
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
  readonly origin: Origin
  #parsed: Packet | undefined

  constructor(buffer: Buffer, start: number, end: number, origin: Origin) {
    this.buffer = buffer
    this.start = start
    this.end = end
    this.origin = origin
  }

  /** The object without its data. Throws a DataError where the line is no JSON object after all. */
  get meta(): Meta {
    this.#parsed ??= parseLine(this)
    return this.#parsed.meta
  }

  get data(): Uint8Array {
    this.#parsed ??= parseLine(this)
    return this.#parsed.data
  }

  get place(): Place {
    let line = this.origin.line
    for (let at = this.buffer.indexOf(10); at >= 0 && at < this.start; at = this.buffer.indexOf(10, at + 1)) line++
    return { source: this.origin.source, line, offset: this.origin.offset + this.start }
  }
}

function parseLine(line: Line): Packet {
  try {
    const object: JsonObject = JSON.parse(line.buffer.toString('utf8', line.start, line.end))
    return packetOfObject(object)
  } catch (error) {
    throw new DataError(line.place, error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Splits the object of a line: its `data` is bytes if and only if there is a `dtype`, too. */
export function packetOfObject(object: JsonObject): Packet {
  if (object['data'] === undefined || typeof object['dtype'] !== 'string') return { meta: object, data: NO_DATA }
  const { data, ...meta } = object
  if (typeof data === 'string') return { meta, data: Buffer.from(data, 'base64') }
  return { meta: object, data: NO_DATA }
}
