// Reads a journal from any place to its end, and on as it grows.

import { close, open, read } from 'node:fs'
import { promisify } from 'node:util'
import { carrierError } from '../carrier/failure.ts'
import { frame } from '../codec/frame.ts'
import { errorCode, placeText } from '../errors.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Decoder } from '../stream/step.ts'
import type { Appender } from './appender.ts'
import { type JournalRecord, recordOf } from './record.ts'
import type { Segment } from './segment.ts'
import type { Segments } from './segments.ts'

/** An offset, the first packet that came at a time (epoch milliseconds) or later, the oldest one. */
export type Start = { readonly offset: number } | { readonly time: number } | 'first'

export interface ReaderOptions {
  readonly from: Start
  /** Told of what is damaged. */
  readonly warn: (message: string) => void
}

export interface Portion {
  /** In order; none when all is read that is there. */
  readonly records: readonly JournalRecord[]
  /** Packets before these that are no longer there: removed, or damaged. */
  readonly lost: number
}

const BLOCK = 256 * 1024

const opened = promisify(open)
const closed = promisify(close)

interface OpenSegment {
  readonly segment: Segment
  readonly descriptor: number
  readonly decoder: Decoder
  /** Bytes that were read. */
  position: number
}

export class JournalReader {
  readonly #segments: Segments
  readonly #appender: Appender
  readonly #warn: (message: string) => void
  #current: OpenSegment | undefined
  /** The next packet that is wanted; nothing while it is looked for by time. */
  #offset: number | undefined
  readonly #time: number
  /** All before it is read, also what is older than the time that is wanted, or damaged. */
  #seen = 0
  #reading: Promise<Portion> | undefined
  #isClosed = false

  constructor(segments: Segments, appender: Appender, { from, warn }: ReaderOptions) {
    this.#segments = segments
    this.#appender = appender
    this.#warn = warn
    this.#time = typeof from === 'object' && 'time' in from ? from.time : Number.NEGATIVE_INFINITY
    if (from === 'first') this.#offset = segments.first ?? 0
    else if ('offset' in from) this.#offset = from.offset
  }

  /** The offset of the packet that comes next, where that is known. */
  get offset(): number | undefined {
    return this.#offset
  }

  /**
   * What one read brings. The first packets of a record that are before the start are in it: the first that is wanted is
   * `offset` before the call. One call at a time.
   */
  next(): Promise<Portion> {
    this.#reading = this.#next()
    return this.#reading
  }

  async #next(): Promise<Portion> {
    const { kept } = this.#appender
    for (;;) {
      const current = this.#isClosed ? undefined : await this.#open()
      if (!current) return this.#nothing(kept)
      const chunk = await this.#read(current)
      if (chunk) {
        const portion = this.#pick(current.decoder.push(chunk).flatMap(packet => recordOf(packet) ?? []))
        if (portion.records.length > 0) return portion
      } else if (!(await this.#leave(current))) return this.#nothing(kept)
    }
  }

  /** Ends when there is more to be read; false when nothing more will come. */
  more(): Promise<boolean> {
    return this.#appender.beyond(Math.max(this.#offset ?? 0, this.#seen))
  }

  /** All that was kept when this began is read. */
  #nothing(kept: number): Portion {
    this.#seen = kept
    return NOTHING
  }

  /** A call of `next` that goes on ends first: what it opens is closed, too, and what it reads is not another file. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#reading?.catch(() => {})
    const { descriptor } = this.#current ?? {}
    this.#current = undefined
    if (descriptor !== undefined) await closed(descriptor)
  }

  /** The file that is read, or where none is, the one that holds what is wanted. */
  async #open(): Promise<OpenSegment | undefined> {
    while (!this.#current) {
      const segment =
        this.#offset === undefined ? this.#segments.since(this.#time) : this.#segments.holding(this.#offset)
      if (!segment || segment.size === 0) return undefined
      this.#current = await this.#openSegment(segment)
    }
    return this.#current
  }

  async #read(current: OpenSegment): Promise<Uint8Array | undefined> {
    const { segment, descriptor, position } = current
    const length = Math.min(BLOCK, segment.size - position)
    if (length <= 0) return undefined
    const buffer = Buffer.allocUnsafeSlow(length)
    const count = await readSome(descriptor, buffer, position, segment.path)
    current.position += count
    return count > 0 ? buffer.subarray(0, count) : undefined
  }

  /** On to the file after this one, if there is one. */
  async #leave(current: OpenSegment): Promise<boolean> {
    const next = this.#segments.after(current.segment)
    if (!next || next.size === 0) return false
    current.decoder.end?.()
    this.#current = await this.#openSegment(next)
    await closed(current.descriptor)
    return true
  }

  /** Nothing if it was removed meanwhile. */
  async #openSegment(segment: Segment): Promise<OpenSegment | undefined> {
    try {
      const descriptor = await opened(segment.path, 'r')
      const reject: Rejecter = ({ place, reason }) => this.#warn(`${placeText(place)}: ${reason}`)
      return { segment, descriptor, decoder: frame.decoder({ source: segment.path, reject }), position: 0 }
    } catch (error) {
      if (errorCode(error) === 'ENOENT' && !this.#segments.has(segment)) return undefined
      throw carrierError(segment.path, error)
    }
  }

  #pick(records: readonly JournalRecord[]): Portion {
    const picked: JournalRecord[] = []
    let lost = 0
    for (const record of records) {
      const end = record.offset + record.count
      if (this.#offset === undefined && record.time < this.#time) continue
      if (this.#offset !== undefined) {
        if (end <= this.#offset) continue
        lost += Math.max(0, record.offset - this.#offset)
      }
      this.#offset = end
      picked.push(record)
    }
    return { records: picked, lost }
  }
}

const NOTHING: Portion = { records: [], lost: 0 }

function readSome(descriptor: number, buffer: Buffer, position: number, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, buffer.length, position, (error, count) => {
      if (error) reject(carrierError(path, error))
      else resolve(count)
    })
  })
}
