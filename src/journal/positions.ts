// Where consumers of a journal have got to, kept in a file of lines beside it: the last line of a consumer counts.

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { carrierError, inWords } from '../carrier/failure.ts'
import { type CarrierError, errorCode } from '../errors.ts'
import type { Json } from '../packet.ts'
import type { JournalSync } from './options.ts'
import { SegmentFile } from './segment-file.ts'

const NAME = 'consumers.ndjson'
/** With sync always, what is written is on the disk after this time; a kill of the process takes nothing. */
const SYNC_AFTER_MS = 200
/** What could not be written is tried again after this time. */
const AGAIN_MS = 1000
/** Lines beyond those that count, after which the file is written anew. */
const STALE_LINES = 10_000

export interface Place {
  /** Of the first packet that the consumer has not acknowledged. */
  readonly offset: number
  /** Packets from there on were delivered to nobody; where it is not known, any may have been. */
  readonly reach?: number | undefined
}

export interface PositionsOptions {
  readonly folder: string
  readonly sync: JournalSync
  readonly warn: (message: string) => void
}

/** The journal of the same folder keeps other processes away. */
export class Positions {
  readonly #options: PositionsOptions
  readonly #path: string
  readonly #places: Map<string, Place>
  readonly #changed = new Set<string>()
  #lines: number
  #file: SegmentFile | undefined
  #working: Promise<void> | undefined
  #failure: CarrierError | undefined
  #timer: NodeJS.Timeout | undefined
  #again: NodeJS.Timeout | undefined
  /** Lines may be missing from the file, or a part of one be in it: it has to be written anew. */
  #isSpoiled = false

  static open(options: PositionsOptions): Positions {
    return new Positions(options, readPositions(options))
  }

  private constructor(options: PositionsOptions, { places, lines }: Found) {
    this.#options = options
    this.#path = join(options.folder, NAME)
    this.#places = places
    this.#lines = lines
  }

  /** Why nothing can be written: until it can. */
  get failure(): CarrierError | undefined {
    return this.#failure
  }

  get consumers(): ReadonlyMap<string, Place> {
    return this.#places
  }

  get(consumer: string): Place | undefined {
    return this.#places.get(consumer)
  }

  /** Written soon, and once for all that changes until then. */
  set(consumer: string, place: Place): void {
    const before = this.#places.get(consumer)
    if (before?.offset === place.offset && before.reach === place.reach) return
    this.#places.set(consumer, place)
    this.#change(consumer)
  }

  /** The consumer will not come back. */
  remove(consumer: string): void {
    if (this.#places.delete(consumer)) this.#change(consumer)
  }

  /** Ends when all positions are written, and with `always` on the disk. */
  async flushed(): Promise<void> {
    while (this.#working && !this.#failure) await this.#working
    if (!this.#failure && this.#options.sync === 'always') await this.#sync()
    if (this.#failure) throw this.#failure
  }

  async close(): Promise<void> {
    if (this.#failure) this.#retry()
    try {
      await this.flushed()
    } finally {
      clearTimeout(this.#timer)
      clearTimeout(this.#again)
      await this.#file?.close()
      this.#file = undefined
    }
  }

  #change(consumer: string): void {
    this.#changed.add(consumer)
    if (!this.#failure) this.#working ??= this.#work()
  }

  async #work(): Promise<void> {
    await undefined
    try {
      while (this.#isSpoiled || this.#changed.size > 0) {
        if (this.#isSpoiled || this.#lines - this.#places.size > STALE_LINES) await this.#rewrite()
        else await this.#append()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#working = undefined
    }
  }

  async #append(): Promise<void> {
    const consumers = [...this.#changed]
    const lines = consumers.map(consumer => lineOf(consumer, this.#places.get(consumer)))
    this.#changed.clear()
    this.#file ??= await SegmentFile.append(this.#path)
    await this.#file.write([Buffer.from(lines.join(''))])
    if (this.#options.sync === 'always') this.#timer ??= setTimeout(() => this.#sync(), SYNC_AFTER_MS)
    this.#lines += lines.length
  }

  /** After a sync that failed the system takes for written what is not: a second one would tell nothing. */
  #fail(error: unknown): void {
    if (this.#failure) return
    this.#failure = carrierError(this.#path, error)
    if (!this.#isSpoiled)
      this.#options.warn(`${this.#failure.message}: positions of consumers are written when they can be`)
    this.#isSpoiled = true
    this.#again = setTimeout(() => this.#retry(), AGAIN_MS).unref()
  }

  #retry(): void {
    clearTimeout(this.#again)
    this.#failure = undefined
    this.#working ??= this.#work()
  }

  async #sync(): Promise<void> {
    this.#timer = undefined
    const file = this.#file
    try {
      await file?.sync()
    } catch (error) {
      // Another that has taken its place meanwhile has all that was in it.
      if (file === this.#file) this.#fail(error)
      else await this.#working
    }
  }

  async #rewrite(): Promise<void> {
    const lines = [...this.#places].map(([consumer, place]) => lineOf(consumer, place))
    this.#changed.clear()
    const before = this.#file
    this.#file = undefined
    await before?.close()
    this.#file = await SegmentFile.replace(this.#path, file => file.write([Buffer.from(lines.join(''))]))
    this.#lines = lines.length
    this.#isSpoiled = false
  }
}

/** An offset of null takes back what was said of the consumer before. */
function lineOf(consumer: string, place: Place | undefined): string {
  return `${JSON.stringify({ consumer, ...(place ?? { offset: null }) })}\n`
}

interface Found {
  readonly places: Map<string, Place>
  readonly lines: number
}

function readPositions({ folder, warn }: PositionsOptions): Found {
  const path = join(folder, NAME)
  const text = inWords(path, () => readIfThere(path))
  const places = new Map<string, Place>()
  const rows = text.split('\n')
  for (const [index, row] of rows.entries()) {
    if (row === '') continue
    const said = readRow(row)
    if (!said) warn(`${path}:${index + 1}: not a position: left out`)
    else if (said.place) places.set(said.consumer, said.place)
    else places.delete(said.consumer)
  }
  if (text !== '' && !text.endsWith('\n')) endLine(path)
  return { places, lines: rows.length }
}

/** A line that was cut short does not spoil the next one. */
function endLine(path: string): void {
  inWords(path, () => {
    const descriptor = openSync(path, 'a')
    writeSync(descriptor, '\n')
    closeSync(descriptor)
  })
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}

function readRow(row: string): { readonly consumer: string; readonly place: Place | undefined } | undefined {
  try {
    const said: Json = JSON.parse(row)
    if (said === null || typeof said !== 'object' || !('consumer' in said) || !('offset' in said)) return undefined
    const { consumer, offset, reach } = Object(said)
    if (typeof consumer !== 'string' || (offset !== null && typeof offset !== 'number')) return undefined
    if (offset === null) return { consumer, place: undefined }
    return { consumer, place: { offset, ...(typeof reach === 'number' && { reach }) } }
  } catch {
    return undefined
  }
}
