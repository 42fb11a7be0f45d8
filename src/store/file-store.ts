// A store whose records lie in a series of files: one is written, the finished ones are kept.

import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { CarrierError, systemReason } from '../errors.ts'
import { type Batch, NO_DATA } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { FileRecords } from './file-records.ts'
import { FileSeries } from './file-series.ts'
import { FreeSpace } from './free-space.ts'
import { recallIds } from './recall-ids.ts'
import type { RecentIds } from './recent-ids.ts'
import { RecordFile, syncFolder } from './record-file.ts'
import type { Store, StoreContext } from './store.ts'

export interface FileStoreOptions {
  readonly name: string
  /** The path, with strftime directives where the name tells a time. */
  readonly pattern: string
  readonly look: (path: string) => string
  /** Gets a `reject` that is counted. */
  readonly records: (context: StoreContext) => FileRecords
  readonly context: StoreContext
}

const SYNC_INTERVAL_MS = 1000

export class FileStore implements Store {
  readonly name: string
  readonly #look: (path: string) => string
  readonly #context: StoreContext
  readonly #count: StageCount
  readonly #series: FileSeries
  readonly #records: FileRecords
  readonly #ids: RecentIds | undefined
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout | undefined
  readonly #space: FreeSpace | undefined
  #file: RecordFile
  #period = 0
  #rejected = 0
  #failure: unknown

  constructor({ name, pattern, look, records, context }: FileStoreOptions) {
    this.name = name
    this.#look = look
    this.#context = context
    this.#count = context.ledger.stage(name)
    this.#now = context.now ?? Date.now
    this.#series = new FileSeries(pattern)
    this.#records = records({
      ...context,
      reject: reject => {
        this.#rejected++
        context.reject(reject)
      },
    })
    const { minFree } = context.rotation
    this.#space = minFree === undefined ? undefined : new FreeSpace(name, minFree)
    this.#file = this.#open()
    try {
      this.#ids = context.deduplicate ? recallIds(this.#file, this.#earlier(), this.#records) : undefined
    } catch (error) {
      this.#file.close()
      throw error
    }
    if (context.sync === 'interval') {
      this.#timer = setInterval(() => {
        this.#file.sync().catch(error => {
          this.#failure = error
        })
      }, SYNC_INTERVAL_MS).unref()
    }
  }

  get path(): string {
    return this.#file.path
  }

  get look(): string {
    return this.#look(this.#file.path)
  }

  write(batch: Batch): void {
    this.#check()
    const fresh = this.#ids?.fresh(batch) ?? batch
    const rejected = this.#rejected
    const chunks = this.#records.encoder.push(fresh)
    const kept = fresh.length - (this.#rejected - rejected)
    this.#count.in += batch.length - fresh.length + kept
    this.#count.duplicate += batch.length - fresh.length
    if (kept === 0) return
    this.#rotateByTime()
    this.#append(chunks, kept)
  }

  commit(): void | Promise<void> {
    this.#check()
    if (this.#context.sync === 'always') return this.#file.sync()
  }

  /** A file that was moved away is begun anew; one that is still there is finished if the files of this store rotate. */
  async reopen(): Promise<void> {
    const { size, interval } = this.#context.rotation
    const there = this.#file.isAt(this.#file.path)
    if (there && this.#file.size > 0 && (size !== undefined || interval !== undefined || this.#series.timed)) {
      this.#finish(this.#now())
    } else {
      this.#close()
      this.#file = this.#open()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#close()
    // The system tells a failure to write only once: it may have been told to the clock.
    this.#check()
  }

  #check(): void {
    if (this.#failure === undefined) return
    const failure = this.#failure
    this.#failure = undefined
    throw failure
  }

  #open(): RecordFile {
    const path = this.#series.path(this.#now())
    if (this.#series.makesFolders) mkdirSync(dirname(path), { recursive: true })
    const { warn, sync } = this.#context
    const file = new RecordFile({ name: this.name, path, format: this.#records.format, warn })
    try {
      if (file.size > 0) this.#records.resume?.(file)
      else if (sync === 'always') syncFolder(path)
    } catch (error) {
      file.close()
      throw error
    }
    this.#period = this.#periodOf(file.modified || this.#now())
    return file
  }

  #close(): void {
    this.#file.close({ durable: this.#context.sync !== 'never' })
  }

  #append(chunks: readonly Uint8Array[], records: number): void {
    const limit = this.#context.rotation.size
    const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    this.#space?.check(this.#file.path, total)
    const header = this.#header()
    if (limit === undefined || this.#file.size + header.length + total <= limit) {
      this.#put(header.length > 0 ? [header, ...chunks] : chunks, records, header)
      return
    }
    const { format } = this.#records
    let bytes = Buffer.concat(chunks)
    while (bytes.length > 0) {
      const header = this.#header()
      const empty = this.#file.size === 0 || this.#file.size === (this.#records.header?.().length ?? 0)
      const room = Math.max(0, limit - this.#file.size - header.length)
      let part = format.whole(bytes.subarray(0, room))
      // A record longer than a file may be gets a file of its own.
      if (part.records === 0 && empty) part = format.whole(bytes, 1)
      if (part.records === 0) {
        this.#finish(this.#now())
        continue
      }
      const piece = bytes.subarray(0, part.length)
      this.#put(header.length > 0 ? [header, piece] : [piece], part.records, header)
      bytes = bytes.subarray(part.length)
    }
  }

  #put(chunks: readonly Uint8Array[], records: number, header: Uint8Array): void {
    const { bytes, failure } = this.#file.append(chunks)
    this.#count.bytes += bytes
    if (!failure) {
      this.#count.out += records
      return
    }
    const stored = Math.max(0, failure.records - (header.length > 0 ? 1 : 0))
    this.#count.out += stored
    throw new CarrierError(
      this.name,
      `${failure.error.message.slice(this.name.length + 2)}: ${stored} of ${records} records of the last write are stored, the rest was cut off again`,
      { cause: failure.error },
    )
  }

  /** What a new file has to begin with. */
  #header(): Uint8Array {
    return this.#file.size === 0 ? (this.#records.header?.() ?? NO_DATA) : NO_DATA
  }

  #periodOf(time: number): number {
    const { interval } = this.#context.rotation
    return interval === undefined ? 0 : Math.floor(time / interval)
  }

  #rotateByTime(): void {
    const now = this.#now()
    const { interval } = this.#context.rotation
    if (this.#series.path(now) !== this.#file.path) {
      this.#close()
      this.#file = this.#open()
      this.#deleteOld()
    } else if (interval !== undefined && this.#periodOf(now) > this.#period) {
      // The file holds what came before the end of its period, whenever the next packet comes.
      if (this.#file.size > 0) this.#finish((this.#period + 1) * interval)
      this.#period = this.#periodOf(now)
    }
  }

  /** Gives the file its final name and begins the next one. */
  #finish(time: number): void {
    const { path } = this.#file
    this.#close()
    try {
      renameSync(path, this.#series.finishedPath(path, time))
      if (this.#context.sync === 'always') syncFolder(path)
    } catch (error) {
      throw new CarrierError(this.name, `cannot rename the finished file: ${systemReason(error)}`, { cause: error })
    }
    this.#file = this.#open()
    this.#deleteOld()
  }

  #deleteOld(): void {
    const { keep } = this.#context.rotation
    if (keep === undefined) return
    const finished = this.#series.files().filter(path => path !== this.#file.path)
    for (const path of finished.slice(0, Math.max(0, finished.length - keep))) rmSync(path, { force: true })
  }

  /** The finished files, the latest first. */
  *#earlier(): Generator<RecordFile> {
    const paths = this.#series.files().filter(path => path !== this.#file.path)
    const { format } = this.#records
    for (const path of paths.reverse()) {
      const file = new RecordFile({ name: this.name, path, format, warn: this.#context.warn })
      try {
        yield file
      } finally {
        file.close()
      }
    }
  }
}
