// A journal: packets are added at its end, kept on disk, and read again from any place. See journal(5).

import { mkdirSync } from 'node:fs'
import { carrierError, inWords } from '../carrier/failure.ts'
import type { CarrierError } from '../errors.ts'
import { Appender } from './appender.ts'
import { FolderLock } from './folder-lock.ts'
import type { JournalOptions, JournalSync } from './options.ts'
import { JournalReader, type Start } from './reader.ts'
import type { JournalRecord, RecordMarks } from './record.ts'
import { Segments } from './segments.ts'

const WAITING_BYTES = 16 * 2 ** 20
const LOOK_EVERY_MS = 60_000

export const JOURNAL_SYNC: readonly JournalSync[] = ['always', 'interval', 'never']

export class Journal {
  readonly #options: JournalOptions
  readonly #lock: FolderLock
  readonly #segments: Segments
  readonly #appender: Appender
  readonly #timer: NodeJS.Timeout
  #next: number
  #onRefused: ((error: CarrierError) => void) | undefined
  #time: number

  /** Makes the folder, mends what a crash left, and keeps other journals out of it until it is closed. */
  static async open(options: JournalOptions): Promise<Journal> {
    const { folder, warn } = options
    const lock = inWords(folder, () => {
      mkdirSync(folder, { recursive: true })
      return FolderLock.take(folder)
    })
    try {
      const { segments, last } = inWords(folder, () => Segments.find(folder, warn))
      return new Journal(options, { lock, segments, last })
    } catch (error) {
      lock.release()
      throw error
    }
  }

  private constructor(
    options: JournalOptions,
    { lock, segments, last }: { lock: FolderLock; segments: Segments; last: JournalRecord | undefined },
  ) {
    this.#options = options
    this.#lock = lock
    this.#segments = segments
    this.#next = last ? last.offset + last.count : (segments.last?.first ?? 0)
    this.#time = last?.time ?? 0
    this.#appender = new Appender(options, segments, this.#next)
    this.#appender.onRefused = error => {
      this.#next = this.#appender.kept
      this.#onRefused?.(error)
    }
    this.#timer = setInterval(() => this.tidy(), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  /** The offset of the oldest packet that is kept, or of the next one where none is. */
  get first(): number {
    return this.#segments.first ?? this.#next
  }

  /** The offset that the next packet will have. */
  get next(): number {
    return this.#next
  }

  /** All packets before it are kept as the options say. */
  get kept(): number {
    return this.#appender.kept
  }

  /** Bytes of all files. */
  get size(): number {
    return this.#segments.size
  }

  /** Whether so much waits to be written that nothing should be added until it is `onKept`. */
  get isFull(): boolean {
    return this.#appender.waiting >= (this.#options.waiting ?? WAITING_BYTES)
  }

  get failure(): CarrierError | undefined {
    return this.#appender.failure
  }

  /** Called when `kept` has risen: once for all that was written together. */
  onKept(act: (kept: number) => void): void {
    this.#appender.onKept = act
  }

  /** Why the last write was taken back, until one succeeds: the disk is full. */
  get refusal(): CarrierError | undefined {
    return this.#appender.refusal
  }

  /**
   * Called when the disk is full: nothing that was added and is not kept will be, its offsets are given again. What is added
   * then may find room.
   */
  onRefused(act: (error: CarrierError) => void): void {
    this.#onRefused = act
  }

  /** Called once, when nothing can be written any more: what is not kept by then will not be. */
  onFailure(act: (error: CarrierError) => void): void {
    this.#appender.onFailure = act
  }

  /**
   * Adds `count` packets, whole lines with their ends or whole frames: the offset of the first. The bytes must not change.
   * They are written with all else that is added in this turn of the event loop and while the write before it goes on.
   */
  append(bytes: Uint8Array, count: number, marks?: RecordMarks): number {
    const offset = this.#next
    this.#next += count
    this.#time = Math.max(this.#time, (this.#options.now ?? Date.now)())
    this.#appender.add({ offset, count, time: this.#time, bytes, marks })
    return offset
  }

  /** Ends when all that has been added is kept; fails with the journal. */
  flushed(): Promise<void> {
    return this.#appender.flushed()
  }

  /** Reads from there to the end and what is added then, as its user asks for it; from `next` on, only what is added. */
  reader(from: Start | 'next'): JournalReader {
    const start = from === 'next' ? { offset: this.#next } : from
    return new JournalReader(this.#segments, this.#appender, { from: start, warn: this.#options.warn })
  }

  /** Removes the files that the options do not ask to keep; done now and then by itself. */
  tidy(): void {
    const { keepBytes, keepFor, now = Date.now, warn, hold } = this.#options
    const before = keepFor === undefined ? undefined : now() - keepFor
    try {
      if (before !== undefined) this.#appender.leaveOld(before)
      this.#segments.remove({ keepBytes, before, hold: hold?.() })
    } catch (error) {
      warn(carrierError(this.#options.folder, error).message)
    }
  }

  /** Ends when all is kept; with `never`, when the system has it. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      await this.#appender.close()
    } finally {
      this.#lock.release()
    }
  }
}
