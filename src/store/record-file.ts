// A file of records that is only ever appended to: its torn tail is set aside when it is opened, a failed write is
// taken back to the last whole record.

import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
  writevSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { FileWindow } from '../carrier/file-window.ts'
import type { RecordFormat, Survey } from '../carrier/record-format.ts'
import { setTornTailAside } from '../carrier/torn-tail.ts'
import { CarrierError, systemReason } from '../errors.ts'

const fdatasyncAsync = promisify(fdatasync)

export interface RecordFileOptions {
  /** What the file is called in messages. */
  readonly name: string
  readonly path: string
  readonly format: RecordFormat
  readonly warn: (message: string) => void
}

/** What an append has stored: all of it, or the records before the error. */
export interface Appended {
  readonly bytes: number
  /** Set where not everything was stored. */
  readonly failure?: { readonly records: number; readonly error: CarrierError }
}

export class RecordFile {
  readonly path: string
  readonly #name: string
  readonly #format: RecordFormat
  readonly #descriptor: number
  readonly #regular: boolean
  /** Undefined for a new or empty file and for a device. */
  readonly survey: Survey | undefined
  /** When it was last written by an earlier process: epoch milliseconds, 0 for a new file. */
  readonly modified: number
  #size = 0
  #dirty = false
  #running: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined

  constructor({ name, path, format, warn }: RecordFileOptions) {
    this.path = path
    this.#name = name
    this.#format = format
    try {
      this.#descriptor = openSync(path, 'a+')
    } catch (error) {
      throw new CarrierError(name, systemReason(error), { cause: error })
    }
    const stat = fstatSync(this.#descriptor)
    this.#regular = stat.isFile()
    this.modified = stat.size > 0 ? stat.mtimeMs : 0
    this.#size = this.#regular ? stat.size : 0
    if (this.#size === 0) return
    try {
      this.survey = this.#repair(warn)
    } catch (error) {
      closeSync(this.#descriptor)
      throw error
    }
  }

  get size(): number {
    return this.#size
  }

  /** Whether a path leads to this file: not, where it was moved away. */
  isAt(path: string): boolean {
    const mine = fstatSync(this.#descriptor)
    const there = statSync(path, { throwIfNoEntry: false })
    return there?.dev === mine.dev && there.ino === mine.ino
  }

  window(): FileWindow {
    return new FileWindow(this.#descriptor, this.#size)
  }

  /** One write for whole records, however many. */
  append(chunks: readonly Uint8Array[]): Appended {
    let total = 0
    for (const chunk of chunks) total += chunk.length
    let done = 0
    try {
      if (chunks.length > 1) done = writevSync(this.#descriptor, chunks)
      else if (chunks[0]) done = writeSync(this.#descriptor, chunks[0])
      if (done < total) {
        const bytes = Buffer.concat(chunks)
        while (done < total) done += writeSync(this.#descriptor, bytes, done)
      }
    } catch (error) {
      return this.#takeBack(chunks, done, error)
    }
    this.#size += total
    this.#dirty = true
    return { bytes: total }
  }

  /** Resolves when all that was appended before is on the disk. Callers at the same time share one fdatasync. */
  sync(): Promise<void> {
    if (!this.#dirty || !this.#regular) return this.#waiting ?? this.#running
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = undefined
      this.#dirty = false
      this.#running = this.#flush()
      return this.#running
    })
    return this.#waiting
  }

  /** With `durable`, not before everything is on the disk. */
  close({ durable = false } = {}): void {
    try {
      if (durable && this.#dirty && this.#regular) fdatasyncSync(this.#descriptor)
    } catch (error) {
      throw new CarrierError(this.#name, systemReason(error), { cause: error })
    } finally {
      closeSync(this.#descriptor)
    }
  }

  async #flush(): Promise<void> {
    try {
      await fdatasyncAsync(this.#descriptor)
    } catch (error) {
      throw new CarrierError(this.#name, `cannot make records durable: ${systemReason(error)}`, { cause: error })
    }
  }

  /** After a write that failed: whole records stay, the rest of the last one is cut off again. */
  #takeBack(chunks: readonly Uint8Array[], done: number, error: unknown): Appended {
    const { records, length } = this.#format.whole(Buffer.concat(chunks).subarray(0, done))
    let reason = systemReason(error)
    if (this.#regular) {
      try {
        ftruncateSync(this.#descriptor, this.#size + length)
      } catch (cause) {
        reason += `; nor could the file be cut back to ${this.#size + length} bytes: ${systemReason(cause)}`
      }
    }
    this.#size += length
    this.#dirty ||= length > 0
    return { bytes: length, failure: { records, error: new CarrierError(this.#name, reason, { cause: error }) } }
  }

  #repair(warn: (message: string) => void): Survey | undefined {
    const window = this.window()
    if (!this.#format.accepts(window.read(0, 64))) {
      throw new CarrierError(this.#name, 'the file is there, but its contents are no such records: left alone')
    }
    const survey = setTornTailAside({
      descriptor: this.#descriptor,
      path: this.path,
      name: this.#name,
      format: this.#format,
      warn,
    })
    this.#size = survey.end
    return survey.end > 0 ? survey : undefined
  }
}

/** Makes the names in a folder durable, so that a new file survives a power cut, too. */
export function syncFolder(path: string): void {
  const descriptor = openSync(dirname(path), 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
