// Writes what is added to a journal: one write at a time, each of all that has gathered meanwhile, then what makes it kept.

import { carrierError } from '../carrier/failure.ts'
import { type CarrierError, errorCode } from '../errors.ts'
import type { JournalOptions } from './options.ts'
import { encodeRecords, type JournalRecord } from './record.ts'
import type { Segment } from './segment.ts'
import { SegmentFile } from './segment-file.ts'
import type { Segments } from './segments.ts'

const SEGMENT_BYTES = 64 * 2 ** 20
const SYNC_EVERY_MS = 1000
/** Of a record without its packets. */
const RECORD_BYTES = 100

export class Appender {
  onKept: ((kept: number) => void) | undefined
  onRefused: ((error: CarrierError) => void) | undefined
  onFailure: ((error: CarrierError) => void) | undefined
  failure: CarrierError | undefined
  /** Why the last write was taken back, until one succeeds. */
  refusal: CarrierError | undefined
  /** Packets before it are kept as the options say, and can be read. */
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
  /** One write of all that had gathered. */
  #writing: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #watching: (() => void)[] = []

  constructor(options: JournalOptions, segments: Segments, next: number) {
    this.#options = options
    this.#segments = segments
    this.#segment = segments.last
    this.kept = next
  }

  add(record: JournalRecord): void {
    this.waiting += sizeOf(record)
    this.#records.push(record)
    if (this.failure || this.#isClosed) return
    this.#working ??= this.#work()
  }

  /** Ends when all that was added before is kept, however much comes after it: it is in this write or in the next one. */
  async flushed(): Promise<void> {
    for (let writes = 0; writes < 2 && this.#working && !this.failure; writes++) {
      await this.#writing?.catch(() => {})
    }
    const error = this.failure ?? this.refusal
    if (error) throw error
  }

  /** Ends when more can be read than before that offset; false when nothing more will come. */
  async beyond(offset: number): Promise<boolean> {
    while (this.kept <= offset) {
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
      await this.#working
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
    try {
      while (this.#records.length > 0 || this.#mustLeave) {
        this.#writing = this.#writeGathered()
        await this.#writing
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#working = undefined
    }
  }

  async #writeGathered(): Promise<void> {
    // All that is added in this turn of the event loop goes together.
    await new Promise(setImmediate)
    if (this.#records.length > 0) await this.#writeAll(this.#records.splice(0))
    else await this.#fileFor(this.kept).catch(unlessNoRoom)
  }

  async #writeAll(records: readonly JournalRecord[]): Promise<void> {
    const [first] = records
    const last = records.at(-1)
    if (!first || !last) return
    try {
      const { file, segment } = await this.#fileFor(first.offset)
      const size = await writeWhole(file, encodeRecords(records), segment.size)
      if (this.#options.sync === 'always') await file.sync()
      segment.size = size
      segment.begun ??= first.time
      segment.ended = last.time
    } catch (error) {
      if (!(error instanceof NoRoom)) throw error
      this.#refuse(error.cause)
      return
    }
    this.refusal = undefined
    this.kept = last.offset + last.count
    for (const record of records) this.waiting -= sizeOf(record)
    this.#tell()
    this.onKept?.(this.kept)
  }

  /** Nothing that waits is kept; what comes next may be. */
  #refuse(cause: unknown): void {
    this.#records = []
    this.waiting = 0
    this.refusal = carrierError(this.#options.folder, cause)
    this.onRefused?.(this.refusal)
  }

  /** The last file, or a new one that begins with this offset where it is long enough or there is none. */
  async #fileFor(offset: number): Promise<{ readonly file: SegmentFile; readonly segment: Segment }> {
    const { segment: most = SEGMENT_BYTES, sync, keepBytes, hold } = this.#options
    if (this.#segment && (this.#segment.size >= most || this.#mustLeave)) {
      if (sync !== 'never') await this.#file?.sync()
      await this.#file?.close()
      this.#file = undefined
      this.#segment = undefined
      this.#mustLeave = false
    }
    if (!this.#segment) {
      this.#segments.remove({ keepBytes, before: this.#before, hold: hold?.() })
      const segment = this.#segments.add(offset)
      try {
        this.#file = await SegmentFile.create(segment.path, this.#segments.folder)
      } catch (error) {
        if (!isNoRoom(error)) throw error
        this.#segments.takeBack(segment)
        throw new NoRoom(error)
      }
      this.#segment = segment
      this.#segments.remove({ keepBytes, before: this.#before, hold: hold?.() })
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

/** About as many bytes as it takes in memory, and in the file. */
function sizeOf({ bytes, marks }: JournalRecord): number {
  return RECORD_BYTES + bytes.length + (marks?.forget?.length ?? 0)
}

/** The disk is full: what was begun has been taken back. */
class NoRoom extends Error {
  constructor(cause: unknown) {
    super('no room', { cause })
  }
}

/** A new file that has no room is made when something is to be written. */
function unlessNoRoom(error: unknown): void {
  if (!(error instanceof NoRoom)) throw error
}

function isNoRoom(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** The length of the file after it. */
async function writeWhole(file: SegmentFile, chunks: readonly Uint8Array[], size: number): Promise<number> {
  try {
    await file.write(chunks)
  } catch (error) {
    if (!isNoRoom(error)) throw error
    await file.cut(size)
    throw new NoRoom(error)
  }
  return chunks.reduce((sum, { length }) => sum + length, size)
}
