// Newline-JSON: one object a line, passed on unparsed until somebody looks.

import { isUtf8 } from 'node:buffer'
import { DataError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Reject } from '../stream/reject.ts'
import type { Decoder, Encoder } from '../stream/step.ts'
import { type Codec, type DecodeOptions, type EncodeOptions, MAX_PACKET } from './codec.ts'
import { asBuffer, Gather, REJECT_BYTES } from './gather.ts'
import { isSpace } from './json-value.ts'
import { Line, type Origin } from './line.ts'
import { LineWriter } from './line-writer.ts'
import { FieldScan } from './scan.ts'
import { faultOf, INVALID_JSON } from './unreadable.ts'

const NEWLINE = 10
/** Bytes that a line of ordinary length takes. */
const LINE = 256
const OPEN = 0x7b
const CLOSE = 0x7d
const RECORD_SEPARATOR = 0x1e
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const

export const ndjson: Codec = {
  name: 'ndjson',
  summary: 'one JSON object a line',
  example: '{"timestamp":"2026-01-31T12:00:00.000Z","name":"Sensor-0","value":-49}',
  endings: ['.ndjson', '.jsonl', '.json'],
  decoder: options => new NdjsonDecoder(options),
  encoder: options => ndjsonEncoder(options),
}

/**
 * Lines that came as lines are written as they are, in their own spelling; contiguous ones are handed on as one slice
 * of the buffer they came in.
 */
function ndjsonEncoder({ data = 'base64', reject }: EncodeOptions): Encoder {
  /** What the last batch took, and a little more. */
  let expected = 0
  return {
    push(batch) {
      const writer = new LineWriter({ expected: Math.min(expected, batch.length * LINE) })
      for (const packet of batch) {
        if (packet instanceof Line) writer.line(packet)
        else writer.packet(packet, data, reject)
      }
      const chunks = writer.finish()
      expected = Math.ceil(writer.copied * 1.1)
      return chunks
    },
  }
}

class NdjsonDecoder implements Decoder {
  readonly #source: string
  readonly #options: DecodeOptions
  readonly #maxPacket: number
  /** Tells that a flat line is JSON, and has no data, without making objects of it. */
  readonly #scan = new FieldScan(['data'])
  /** The start of a line whose end has not come yet. */
  readonly #held = new Gather()
  /** Bytes of the source before the line that is held or comes next. */
  #offset = 0
  #line = 1
  /** The rest of a line that was too long is being passed over. */
  #skipping = false

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#source = options.source
    this.#maxPacket = options.maxPacket ?? MAX_PACKET
  }

  push(input: Uint8Array): Batch {
    const chunk = asBuffer(input)
    const lines: Packet[] = []
    const from = this.#finishHeld(chunk, lines)
    const last = chunk.lastIndexOf(NEWLINE)
    const rest = Math.max(from, last + 1)
    if (rest > from) this.#wholeLines(chunk, from, rest, lines)
    if (rest < chunk.length) this.#hold(rest === 0 ? chunk : chunk.subarray(rest))
    return lines
  }

  end(): Batch {
    const lines: Packet[] = []
    if (this.#held.length > 0) {
      const bytes = this.#held.take()
      this.#take(
        { buffer: bytes, base: this.#offset, line: this.#line, final: true, utf8: false },
        0,
        bytes.length,
        lines,
      )
    }
    return lines
  }

  /** Completes the line that was held; the position after it, or all of the chunk where its end has not come. */
  #finishHeld(chunk: Buffer, lines: Packet[]): number {
    if (this.#held.length === 0 && !this.#skipping) return 0
    const newline = chunk.indexOf(NEWLINE)
    if (this.#skipping) {
      this.#offset += newline < 0 ? chunk.length : newline + 1
      if (newline < 0) return chunk.length
      this.#skipping = false
    } else {
      this.#hold(newline < 0 ? chunk : chunk.subarray(0, newline))
      if (newline < 0) return chunk.length
      if (this.#skipping) {
        this.#skipping = false
        this.#offset++
      } else {
        const bytes = this.#held.take()
        this.#take(
          { buffer: bytes, base: this.#offset, line: this.#line, final: false, utf8: false },
          0,
          bytes.length,
          lines,
        )
        this.#offset += bytes.length + 1
      }
    }
    this.#line++
    return newline + 1
  }

  /** Holds bytes of an unfinished line, or gives them up once there are too many. */
  #hold(bytes: Buffer): void {
    this.#held.add(bytes)
    if (this.#held.length <= this.#maxPacket) return
    const { length } = this.#held
    this.#tooLong(this.#held.take(), 0, this.#offset, this.#line)
    this.#offset += length
    this.#skipping = true
  }

  /** Every line between two positions, the second of which follows a newline. */
  #wholeLines(chunk: Buffer, from: number, to: number, lines: Packet[]): void {
    const base = this.#offset - from
    const origin: Origin = { source: this.#source, offset: base, line: from === 0 ? this.#line : this.#line - 1 }
    const valid = isUtf8(from === 0 && to === chunk.length ? chunk : chunk.subarray(from, to))
    const plain = valid && this.#options.validate !== true
    const max = this.#maxPacket
    let start = from
    let number = this.#line
    while (start < to) {
      const end = chunk.indexOf(NEWLINE, start)
      if (plain && chunk[start] === OPEN && chunk[end - 1] === CLOSE && end - start <= max) {
        lines.push(new Line(chunk, start, end, origin))
      } else {
        this.#take({ buffer: chunk, base, line: number, final: false, utf8: valid, origin }, start, end, lines)
      }
      number++
      start = end + 1
    }
    this.#line = number
    this.#offset = base + to
  }

  /** Takes one line as far as it is one: trims it, checks it, adds it or rejects it. */
  #take(text: LineText, from: number, to: number, lines: Packet[]): void {
    const { buffer, base, line } = text
    if (to - from > this.#maxPacket) {
      this.#tooLong(buffer, from, base + from, line)
      return
    }
    let start = from
    let end = to
    if (base + start === 0 && BYTE_ORDER_MARK.every((byte, i) => buffer[start + i] === byte)) start += 3
    while (start < end && (isSpace(buffer[start]) || buffer[start] === RECORD_SEPARATOR)) start++
    while (end > start && isSpace(buffer[end - 1])) end--
    if (start === end) return
    const packet = new Line(buffer, start, end, text.origin ?? { source: this.#source, offset: base, line })
    const fault = this.#fault(packet, text)
    if (fault === undefined) {
      lines.push(packet)
      return
    }
    const place = { source: this.#source, line, offset: base + from }
    this.#options.reject({ place, ...fault, bytes: buffer.subarray(from, Math.min(to, from + REJECT_BYTES)) })
  }

  #fault(line: Line, text: LineText): Fault | undefined {
    const { buffer, start, end } = line
    const { final, utf8 } = text
    if (buffer[start] !== OPEN) return { reason: 'not an object', detail: NO_BRACE + hintOf(line, text) }
    if (buffer[end - 1] !== CLOSE) {
      return final
        ? { reason: 'truncated', detail: 'the input ends within a line' }
        : { reason: 'not an object', detail: 'expected a line that ends with }' }
    }
    if (!utf8 && !isUtf8(buffer.subarray(start, end))) return { reason: 'invalid UTF-8' }
    if (!final && this.#options.validate !== true) return undefined
    if (this.#scan.scan(line) && this.#scan.starts[0] === -1) return undefined
    try {
      line.parsed()
      return undefined
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      const fault = faultOf(error)
      return final && fault.reason === INVALID_JSON ? { ...fault, reason: 'truncated' } : fault
    }
  }

  #tooLong(buffer: Buffer, from: number, offset: number, line: number): void {
    const bytes = Buffer.from(buffer.subarray(from, from + Math.min(REJECT_BYTES, this.#maxPacket)))
    const detail = `longer than ${this.#maxPacket} bytes`
    this.#options.reject({ place: { source: this.#source, line, offset }, reason: 'too long', detail, bytes })
  }
}

/** A buffer that holds a line, `base` bytes into the source. `final`: the input ended before a newline came. `utf8`: known to be valid. */
interface LineText {
  readonly buffer: Buffer
  readonly base: number
  readonly line: number
  readonly final: boolean
  readonly utf8: boolean
  readonly origin?: Origin
}

type Fault = Pick<Reject, 'reason' | 'detail'>

const NO_BRACE = 'expected a line that starts with {'
const NO_TEXT = '; bytes that are no text want --from raw or --from vrt'

/** Input that begins with other bytes than text is of a format that the first byte does not tell: said once, of its first line. */
function hintOf({ buffer, start, end }: Line, { line, utf8 }: LineText): string {
  if (line > 1) return ''
  const bytes = buffer.subarray(start, end)
  return bytes.includes(0) || !(utf8 || isUtf8(bytes)) ? NO_TEXT : ''
}
