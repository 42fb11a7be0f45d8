// What a client sends: cut into packets, looked at as far as routing needs, and neighbours of one route kept together.

import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { Envelope, type Found } from '../codec/envelope.ts'
import { HEADER, MAGIC, readHeader } from '../codec/frame-header.ts'
import { asBuffer, Gather } from '../codec/gather.ts'
import { isSpace, wordsOf } from '../codec/json-value.ts'
import { type Form, Run } from './run.ts'

/** Takes what an inlet finds, in the order in which it came. */
export interface InletHandler<Route> {
  /** Asked for each packet: `envelope` says where its topic lies. */
  readonly routeOf: (buffer: Buffer, envelope: Envelope) => Route
  /** Neighbours of one route. */
  readonly packets: (route: Route, run: Run) => void
  /** An object with the one member `broker`, as JSON text. */
  readonly control: (text: string) => void
}

/** The client does not speak as it should: it is told why, and not listened to any more. */
export class Fault extends Error {
  override readonly name = 'Fault'
}

const NEWLINE = 10
const OPEN = 0x7b
const RETURN = 0x0d
const RECORD_SEPARATOR = 0x1e

const WORDS: Readonly<Record<Exclude<Found, 'data' | 'control'>, string>> = {
  'no topic': 'a packet without topic: expected {"topic":"ADDRESS",…}',
  'two topics': 'a packet with two topics',
  'topic is no text': 'topic: expected text',
  'invalid JSON': 'invalid JSON: expected one object',
}

export class Inlet<Route> {
  readonly #handler: InletHandler<Route>
  readonly #most: number
  readonly #envelope = new Envelope()
  /** The start of a packet whose end has not come yet, and what it is. */
  readonly #held = new Gather()
  #heldForm: Form = 'lines'
  /** Of a frame: how many bytes have to be there before it is worth looking again. */
  #needed = HEADER
  #first: Form | undefined
  #form: Form = 'lines'
  #route: Route | undefined
  #buffer: Buffer | undefined
  #start = 0
  #end = 0
  #packets = 0

  /** `most`: bytes of the longest packet. */
  constructor(handler: InletHandler<Route>, most: number) {
    this.#handler = handler
    this.#most = most
  }

  /** Of the first packet; nothing before it. */
  get form(): Form | undefined {
    return this.#first
  }

  /** Takes any cut of what the client sends. Throws a Fault after everything before it has been handed on. */
  push(bytes: Uint8Array): void {
    const chunk = asBuffer(bytes)
    if (chunk.length > 0) this.#first ??= formOf(chunk[0])
    try {
      for (let at = 0; at < chunk.length; ) {
        if (this.#held.length > 0) at = this.#resume(chunk, at)
        else at = formOf(chunk[at]) === 'lines' ? this.#lines(chunk, at) : this.#frames(chunk, at)
      }
    } finally {
      this.#close()
    }
  }

  /** Goes on with what is held; the position after what it took. */
  #resume(chunk: Buffer, from: number): number {
    const isLine = this.#heldForm === 'lines'
    const to = isLine ? chunk.indexOf(NEWLINE, from) + 1 : from + this.#needed - this.#held.length
    if (to === 0 || to > chunk.length) return from + this.#hold(chunk.subarray(from), this.#heldForm)
    this.#hold(chunk.subarray(from, to), this.#heldForm)
    const buffer = this.#held.take()
    if (isLine) this.#lines(buffer, 0)
    else this.#frames(buffer, 0)
    return to
  }

  #hold(bytes: Buffer, form: Form): number {
    this.#heldForm = form
    this.#held.add(bytes)
    if (form === 'lines' && this.#held.length > this.#most) throw new Fault(`a line longer than ${this.#most} bytes`)
    return bytes.length
  }

  /** Takes lines as far as there are any whole ones, and holds what may become one; the position after them. */
  #lines(buffer: Buffer, from: number): number {
    const to = buffer.lastIndexOf(NEWLINE) + 1
    if (to <= from) return from + this.#hold(from === 0 ? buffer : buffer.subarray(from), 'lines')
    if (isUtf8(from === 0 && to === buffer.length ? buffer : buffer.subarray(from, to))) {
      const words = wordsOf(buffer)
      for (let start = from; start < to; ) start = this.#plainLine(buffer, words, start)
      return to
    }
    // Frames follow, or one of the lines is not what it should be.
    for (let start = from; start < to; ) {
      if (formOf(buffer[start]) === 'frames') return start
      if (!isUtf8(buffer.subarray(start, buffer.indexOf(NEWLINE, start)))) throw new Fault('invalid UTF-8')
      start = this.#line(buffer, start)
    }
    return to
  }

  /** The position after the line: mostly an object that begins and ends with it, so that its end need not be looked for. */
  #plainLine(buffer: Buffer, words: Int32Array, start: number): number {
    const envelope = this.#envelope
    if (buffer[start] !== OPEN || envelope.scanLine(buffer, start, words) !== 'data') return this.#line(buffer, start)
    const { end } = envelope
    if (end - start > this.#most) return this.#line(buffer, start)
    this.#take(this.#handler.routeOf(buffer, envelope), buffer, 'lines', start, end + 1)
    return end + 1
  }

  /** The position after the line, whatever it is. */
  #line(buffer: Buffer, start: number): number {
    const newline = buffer.indexOf(NEWLINE, start)
    if (newline - start > this.#most) throw new Fault(`a line longer than ${this.#most} bytes`)
    if (buffer[start] === OPEN && buffer[newline - 1] !== RETURN) {
      this.#look(buffer, start, newline, { form: 'lines', start, end: newline + 1 })
    } else this.#oddLine(buffer, start, newline)
    return newline + 1
  }

  /** Blank, or with white space around the object. */
  #oddLine(buffer: Buffer, from: number, to: number): void {
    let start = from
    let end = to
    while (start < end && (isSpace(buffer[start]) || buffer[start] === RECORD_SEPARATOR)) start++
    while (end > start && isSpace(buffer[end - 1])) end--
    if (start < end) this.#look(buffer, start, end, { form: 'lines', start: from, end: to + 1 })
  }

  /** Takes frames as far as there are any whole ones, and holds what may become one; the position after them. */
  #frames(buffer: Buffer, from: number): number {
    let at = from
    while (at < buffer.length && formOf(buffer[at]) === 'frames') {
      const needed = this.#frame(buffer, at)
      if (needed > buffer.length - at) {
        this.#needed = needed
        return at + this.#hold(buffer.subarray(at), 'frames')
      }
      at += needed
    }
    return at
  }

  /** The length of the frame at `at`, taken if it is all there; or how many bytes are needed to tell. */
  #frame(buffer: Buffer, at: number): number {
    const there = buffer.length - at
    for (let i = 0; i < MAGIC.length && i < there; i++) {
      if (buffer[at + i] !== MAGIC[i]) throw new Fault('bytes that belong to no frame')
    }
    if (there < HEADER) return there < MAGIC.length ? MAGIC.length : HEADER
    const header = readHeader(buffer, at, this.#most)
    if ('reason' in header) throw new Fault(`${header.reason}: ${header.detail}`)
    if (there < header.length) return header.length
    const metaStart = at + header.headerLength
    const dataStart = metaStart + header.metaLength
    const end = at + header.length
    if (header.crc !== undefined && crc32(buffer.subarray(metaStart, end)) !== header.crc) throw new Fault('bad CRC')
    let start = metaStart
    let metaEnd = dataStart
    while (start < metaEnd && isSpace(buffer[start])) start++
    while (metaEnd > start && isSpace(buffer[metaEnd - 1])) metaEnd--
    if (!isUtf8(buffer.subarray(start, metaEnd))) throw new Fault('invalid UTF-8')
    this.#look(buffer, start, metaEnd, { form: 'frames', start: at, end })
    return header.length
  }

  /** An object from `start` to `end` in a packet. */
  #look(buffer: Buffer, start: number, end: number, at: PacketBounds): void {
    const found = this.#envelope.scan(buffer, start, end)
    if (found === 'data') this.#take(this.#handler.routeOf(buffer, this.#envelope), buffer, at.form, at.start, at.end)
    else if (found === 'control') {
      this.#close()
      this.#handler.control(buffer.toString('utf8', start, end))
    } else throw new Fault(WORDS[found])
  }

  #take(route: Route, buffer: Buffer, form: Form, start: number, end: number): void {
    if (route === this.#route && start === this.#end && buffer === this.#buffer && form === this.#form) {
      this.#end = end
      this.#packets++
      return
    }
    this.#close()
    this.#route = route
    this.#form = form
    this.#buffer = buffer
    this.#start = start
    this.#end = end
    this.#packets = 1
  }

  /** Hands on the run that is open. */
  #close(): void {
    if (this.#packets === 0 || !this.#buffer || this.#route === undefined) return
    const bounds = { start: this.#start, end: this.#end, packets: this.#packets }
    const run = new Run(this.#form, this.#buffer, bounds)
    const route = this.#route
    this.#packets = 0
    this.#buffer = undefined
    this.#route = undefined
    this.#handler.packets(route, run)
  }
}

interface PacketBounds {
  readonly form: Form
  readonly start: number
  readonly end: number
}

function formOf(byte: number | undefined): Form {
  return byte === MAGIC[0] ? 'frames' : 'lines'
}
