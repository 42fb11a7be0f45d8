// Packets on their way through the broker: neighbours in one buffer, still the bytes they came as.

import { frame } from '../codec/frame.ts'
import { readHeader } from '../codec/frame-header.ts'
import { Frame } from '../codec/frame-packet.ts'
import { asBuffer } from '../codec/gather.ts'
import { Line } from '../codec/line.ts'
import { ndjson } from '../codec/ndjson.ts'
import type { Packet } from '../packet.ts'

/** How a connection writes packets: as lines of JSON or as frames. */
export type Form = 'lines' | 'frames'

const NEWLINE = 10
const OPEN = 0x7b
const CLOSE = 0x7d
const ORIGIN = { source: 'broker', offset: 0, line: 1 }

/** Somebody who is to hear that a packet has been dealt with. */
export interface Handed {
  acknowledge(): void
}

export interface RunBounds {
  readonly start: number
  readonly end: number
  readonly packets: number
  /** Epoch milliseconds after which nobody wants it. */
  readonly expires?: number
}

/** What is special about a run. */
export interface RunMarks {
  /** It, or some of it, may have been delivered before. */
  readonly again: boolean
  /** Of a single packet. */
  readonly handed?: Handed
}

/** Whole lines with their newlines, or whole frames, from `start` to `end`. Never changed, so that many outboxes share it. */
export class Run {
  readonly form: Form
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
  /** None for what the broker itself says. */
  readonly packets: number
  readonly expires: number
  readonly marks: RunMarks | undefined
  #converted: Run | undefined

  constructor(form: Form, buffer: Buffer, at: RunBounds, marks?: RunMarks) {
    this.form = form
    this.buffer = buffer
    this.start = at.start
    this.end = at.end
    this.packets = at.packets
    this.expires = at.expires ?? Number.POSITIVE_INFINITY
    this.marks = marks
    this.#converted = undefined
  }

  get length(): number {
    return this.end - this.start
  }

  get bytes(): Buffer {
    return this.end - this.start === this.buffer.length ? this.buffer : this.buffer.subarray(this.start, this.end)
  }

  /** The same packets in the form a reader speaks; made once for all readers. */
  as(form: Form): Run {
    if (form === this.form) return this
    this.#converted ??= this.#convert(form)
    return this.#converted
  }

  /** What is left without the first packets, fewer than there are. */
  without(packets: number): Run {
    const bounds = {
      start: this.#after(packets),
      end: this.end,
      packets: this.packets - packets,
      expires: this.expires,
    }
    return new Run(this.form, this.buffer, bounds, this.marks)
  }

  /** The first packets alone. */
  only(packets: number): Run {
    const bounds = { start: this.start, end: this.#after(packets), packets, expires: this.expires }
    return new Run(this.form, this.buffer, bounds, this.marks)
  }

  /** The same, marked. */
  marked(marks: RunMarks): Run {
    return new Run(this.form, this.buffer, this, marks)
  }

  /** The same, for nobody after this time. */
  until(expires: number): Run {
    const { start, end, packets } = this
    return new Run(this.form, this.buffer, { start, end, packets, expires }, this.marks)
  }

  /** The packets one by one. */
  *each(): Generator<Run> {
    if (this.packets === 1) return yield this
    let { start } = this
    for (let index = 0; index < this.packets; index++) {
      const end = this.#next(start)
      yield new Run(this.form, this.buffer, { start, end, packets: 1, expires: this.expires }, this.marks)
      start = end
    }
  }

  /** The packets themselves, or the first ones. */
  decoded(most: number = this.packets): Packet[] {
    const packets: Packet[] = []
    let at = this.start
    for (let index = 0; index < most; index++) {
      const end = this.#next(at)
      packets.push(this.form === 'lines' ? this.#line(at, end - 1) : this.#frame(at, end))
      at = end
    }
    return packets
  }

  #line(start: number, end: number): Line {
    let first = start
    let last = end
    while (this.buffer[first] !== OPEN) first++
    while (this.buffer[last - 1] !== CLOSE) last--
    return new Line(this.buffer, first, last, ORIGIN)
  }

  #frame(start: number, end: number): Frame {
    const { headerLength, metaLength, crc } = headerAt(this.buffer, start)
    const metaStart = start + headerLength
    const bounds = { start, metaStart, dataStart: metaStart + metaLength, end, crc: crc !== undefined }
    return new Frame(this.buffer, bounds, 'broker', 0)
  }

  #convert(form: Form): Run {
    const codec = form === 'lines' ? ndjson : frame
    let unreadable = 0
    const encoder = codec.encoder({ reject: () => unreadable++ })
    const chunks = encoder.push(this.decoded())
    const [only] = chunks
    const buffer = chunks.length === 1 && only ? asBuffer(only) : Buffer.concat(chunks)
    const packets = this.packets - unreadable
    return new Run(form, buffer, { start: 0, end: buffer.length, packets, expires: this.expires }, this.marks)
  }

  #after(packets: number): number {
    let at = this.start
    for (let index = 0; index < packets; index++) at = this.#next(at)
    return at
  }

  #next(at: number): number {
    if (this.form === 'lines') return this.buffer.indexOf(NEWLINE, at) + 1
    return at + headerAt(this.buffer, at).length
  }
}

/** Of a frame that was checked when it came. */
function headerAt(buffer: Buffer, at: number) {
  const header = readHeader(buffer, at, Number.POSITIVE_INFINITY)
  if ('reason' in header) throw new Error(`a frame that was whole is no more: ${header.detail}`)
  return header
}

/** One packet; a gap record or a word of the broker counts as none. */
export function packetRun(form: Form, packet: Packet, packets: number): Run {
  const codec = form === 'lines' ? ndjson : frame
  const encoder = codec.encoder({ reject: ignore })
  const buffer = Buffer.concat(encoder.push([packet]))
  return new Run(form, buffer, { start: 0, end: buffer.length, packets })
}

const ignore = () => {}
