// Writes what is added to a journal: one write at a time, each of all that has gathered meanwhile, then what makes it kept.

import { carrierError } from '../carrier/failure.ts'
import type { CarrierError } from '../errors.ts'
import type { JournalOptions } from './options.ts'
import { encodeRecords, type JournalRecord } from './record.ts'
import type { Segment } from './segment.ts'
import { SegmentFile } from './segment-file.ts'
import type { Segments } from './segments.ts'

const SEGMENT_BYTES = 64 * 2 ** 20
const SYNC_EVERY_MS = 1000

export class Appender {
  onKept: ((kept: number) => void) | undefined
  onFailure: ((error: CarrierError) => void) | undefined
  failure: CarrierError | undefined
  /** Packets before it are in a file, and can be read. */
  written: number
  /** Packets before it are kept as the options say. */
  kept: number
  /** Bytes that are not yet kept. */
  waiting = 0
  readonly #options: JournalOptions
  readonly #segments: Segments
  #records: JournalRecord[] = []
  #file: SegmentFile | undefined
  #segment: Segment | undefined
  #mustLeave = false
  #before: number | undefined
  #isClosed = false
  #working: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #watching: (() => void)[] = []

  constructor(options: JournalOptions, segments: Segments, next: number) {
    this.#options = options
    this.#segments = segments
    this.#segment = segments.last
    this.written = next
    this.kept = next
  }

  add(record: JournalRecord): void {
    this.waiting += record.bytes.length
    this.#records.push(record)
    if (this.failure) return
    this.#working ??= this.#work()
  }

  async flushed(): Promise<void> {
    while (this.#working && !this.failure) await this.#working
    if (this.failure) throw this.failure
  }

  /** Ends when more can be read than before that offset; false when nothing more will come. */
  async beyond(offset: number): Promise<boolean> {
    while (this.written <= offset) {
      if (this.failure || this.#isClosed) return false
      await new Promise<void>(resolve => this.#watching.push(resolve))
    }
    return true
  }

  /** Begins another file where all records of this one are older. */
  leaveOld(before: number): void {
    if (this.failure || this.#isClosed || this.#segment?.ended === undefined || this.#segment.ended >= before) return
    this.#mustLeave = true
    this.#before = before
    this.#working ??= this.#work()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      await this.flushed()
      if (this.#options.sync !== 'never') await this.#file?.sync()
    } catch (error) {
      throw this.#fail(error)
    } finally {
      this.#isClosed = true
      this.#tell()
      await this.#file?.close()
      this.#file = undefined
    }
  }

  async #work(): Promise<void> {
    // All that is added in this turn of the event loop goes together.
    await undefined
    try {
      while (this.#records.length > 0 || this.#mustLeave) {
        if (this.#records.length > 0) await this.#writeAll(this.#records.splice(0))
        else await this.#fileFor(this.written)
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#working = undefined
    }
  }

  async #writeAll(records: readonly JournalRecord[]): Promise<void> {
    const [first] = records
    const last = records.at(-1)
    if (!first || !last) return
    const { file, segment } = await this.#fileFor(first.offset)
    const chunks = encodeRecords(records)
    await file.write(chunks)
    for (const chunk of chunks) segment.size += chunk.length
    segment.begun ??= first.time
    segment.ended = last.time
    this.written = last.offset + last.count
    if (this.#options.sync === 'always') await file.sync()
    this.kept = this.written
    for (const { bytes } of records) this.waiting -= bytes.length
    this.#tell()
    this.onKept?.(this.kept)
  }

  /** The last file, or a new one that begins with this offset where it is long enough or there is none. */
  async #fileFor(offset: number): Promise<{ readonly file: SegmentFile; readonly segment: Segment }> {
    const { segment: most = SEGMENT_BYTES, sync, keepBytes } = this.#options
    if (this.#segment && (this.#segment.size >= most || this.#mustLeave)) {
      if (sync !== 'never') await this.#file?.sync()
      await this.#file?.close()
      this.#file = undefined
      this.#segment = undefined
      this.#mustLeave = false
    }
    if (!this.#segment) {
      this.#segment = this.#segments.add(offset)
      this.#file = await SegmentFile.create(this.#segment.path, this.#segments.folder)
      this.#segments.remove({ keepBytes, before: this.#before })
    }
    this.#file ??= await SegmentFile.append(this.#segment.path)
    this.#startTimer()
    return { file: this.#file, segment: this.#segment }
  }

  #startTimer(): void {
    const { sync, syncEvery = SYNC_EVERY_MS } = this.#options
    if (sync !== 'interval' || this.#timer) return
    this.#timer = setInterval(() => {
      this.#file?.sync().catch(error => this.#fail(error))
    }, syncEvery)
    this.#timer.unref()
  }

  #tell(): void {
    for (const act of this.#watching.splice(0)) act()
  }

  #fail(error: unknown): CarrierError {
    if (this.failure) return this.failure
    this.failure = carrierError(this.#segment?.path ?? this.#options.folder, error)
    this.#tell()
    this.onFailure?.(this.failure)
    return this.failure
  }
}
