// Newline-JSON: lines found and checked without being parsed, written as they came where they can.

import { isUtf8 } from 'node:buffer'
import type { Batch, Packet } from '../packet.ts'
import type { Reject } from '../stream/reject.ts'
import type { Decoder, Encoder } from '../stream/step.ts'
import { type Codec, type DecodeOptions, type EncodeOptions, MAX_PACKET } from './codec.ts'
import { Line, type Origin } from './line.ts'

export const ndjson: Codec = {
  name: 'ndjson',
  summary: 'one JSON object a line',
  example: '{"name":"Sensor-1","value":42}',
  endings: ['.ndjson', '.jsonl', '.json'],
  decoder: options => new NdjsonDecoder(options),
  encoder: options => new NdjsonEncoder(options),
}

const LF = 10
const CR = 13
const RS = 0x1e
const SPACE = 32
const OPEN = 0x7b
const CLOSE = 0x7d

class NdjsonDecoder implements Decoder {
  readonly #options: DecodeOptions
  readonly #limit: number
  #carry: Buffer[] = []
  #carried = 0
  #offset = 0
  #line = 1

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#limit = options.maxPacket ?? MAX_PACKET
  }

  push(bytes: Uint8Array): Batch {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const out: Packet[] = []
    let start = 0
    if (this.#carried > 0) {
      const newline = chunk.indexOf(LF)
      if (newline < 0) {
        this.#hold(chunk)
        return out
      }
      this.#hold(chunk.subarray(0, newline + 1))
      this.#take(out)
      start = newline + 1
    }
    const last = chunk.lastIndexOf(LF)
    if (last >= start) {
      this.#lines(chunk, start, last + 1, out)
      start = last + 1
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
    return out
  }

  end(): Batch {
    const out: Packet[] = []
    if (this.#carried > 0) this.#take(out)
    return out
  }

  #hold(bytes: Buffer): void {
    this.#carried += bytes.length
    if (this.#carried <= this.#limit) this.#carry.push(bytes)
  }

  #take(out: Packet[]): void {
    const length = this.#carried
    if (length > this.#limit + 2) {
      this.#reject('too long', Buffer.concat(this.#carry).subarray(0, 1024), 0, `${length} bytes`)
      this.#offset += length
      this.#line++
    } else {
      const joined = this.#carry.length === 1 && this.#carry[0] ? this.#carry[0] : Buffer.concat(this.#carry)
      this.#lines(joined, 0, length, out)
    }
    this.#carry = []
    this.#carried = 0
  }

  #lines(buffer: Buffer, from: number, to: number, out: Packet[]): void {
    const whole = isUtf8(buffer.subarray(from, to))
    const origin: Origin = { source: this.#options.source, offset: this.#offset - from, line: this.#line }
    let at = from
    let line = this.#line
    while (at < to) {
      const newline = buffer.indexOf(LF, at)
      const next = newline < 0 || newline >= to ? to : newline
      let start = at
      let end = next
      while (end > start && (buffer[end - 1] === CR || buffer[end - 1] === SPACE)) end--
      while (start < end && (buffer[start] === SPACE || buffer[start] === RS)) start++
      if (end > start) {
        if (!whole && !isUtf8(buffer.subarray(start, end)))
          this.#reject('invalid UTF-8', buffer.subarray(start, end), start, '', origin, line)
        else if (buffer[start] !== OPEN || buffer[end - 1] !== CLOSE) {
          this.#reject('not a JSON object', buffer.subarray(start, end), start, '', origin, line)
        } else out.push(new Line(buffer, start, end, origin))
      }
      at = next + 1
      line++
    }
    this.#offset += to - from
    this.#line = line
  }

  #reject(reason: string, bytes: Uint8Array, start: number, detail: string, origin?: Origin, line?: number): void {
    const place = {
      source: this.#options.source,
      line: line ?? this.#line,
      offset: (origin?.offset ?? this.#offset) + start,
    }
    const reject: Reject = { place, reason, bytes, ...(detail && { detail }) }
    this.#options.reject(reject)
  }
}

class NdjsonEncoder implements Encoder {
  constructor(_options: EncodeOptions) {}

  push(batch: Batch): readonly Uint8Array[] {
    const out: Uint8Array[] = []
    let i = 0
    while (i < batch.length) {
      const item = batch[i]
      if (item instanceof Line) {
        const { buffer, start } = item
        let end = item.end
        let next = batch[++i]
        while (next instanceof Line && next.buffer === buffer && next.start === end + 1) {
          end = next.end
          next = batch[++i]
        }
        if (buffer[end] === LF) out.push(buffer.subarray(start, end + 1))
        else out.push(buffer.subarray(start, end), Buffer.of(LF))
      } else if (item) {
        out.push(Buffer.from(`${JSON.stringify(item.meta)}\n`))
        i++
      }
    }
    return out
  }
}
