// Where consumers of a journal have got to, kept in a file of lines beside it: the last line of a consumer counts.

import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { carrierError, inWords } from '../carrier/failure.ts'
import { type CarrierError, errorCode } from '../errors.ts'
import type { Json } from '../packet.ts'
import type { JournalSync } from './options.ts'
import { SegmentFile } from './segment-file.ts'

const NAME = 'consumers.ndjson'
/** With sync always, what is written is on the disk after this time; a kill of the process takes nothing. */
const SYNC_AFTER_MS = 200
/** Lines beyond those that count, after which the file is written anew. */
const STALE_LINES = 10_000

export interface PositionsOptions {
  readonly folder: string
  readonly sync: JournalSync
  readonly warn: (message: string) => void
}

/** The journal of the same folder keeps other processes away. */
export class Positions {
  readonly #options: PositionsOptions
  readonly #path: string
  readonly #offsets: Map<string, number>
  readonly #changed = new Set<string>()
  #lines: number
  #file: SegmentFile | undefined
  #working: Promise<void> | undefined
  #failure: CarrierError | undefined
  #timer: NodeJS.Timeout | undefined

  static open(options: PositionsOptions): Positions {
    return new Positions(options, readPositions(options))
  }

  private constructor(options: PositionsOptions, { offsets, lines }: { offsets: Map<string, number>; lines: number }) {
    this.#options = options
    this.#path = join(options.folder, NAME)
    this.#offsets = offsets
    this.#lines = lines
  }

  get failure(): CarrierError | undefined {
    return this.#failure
  }

  get consumers(): ReadonlyMap<string, number> {
    return this.#offsets
  }

  /** The offset of the first packet that the consumer has not acknowledged. */
  get(consumer: string): number | undefined {
    return this.#offsets.get(consumer)
  }

  /** Written soon, and once for all that changes until then. */
  set(consumer: string, offset: number): void {
    if (this.#offsets.get(consumer) === offset) return
    this.#offsets.set(consumer, offset)
    this.#change(consumer)
  }

  /** The consumer will not come back. */
  remove(consumer: string): void {
    if (this.#offsets.delete(consumer)) this.#change(consumer)
  }

  /** Ends when all positions are written, and with `always` on the disk. */
  async flushed(): Promise<void> {
    while (this.#working && !this.#failure) await this.#working
    if (this.#failure) throw this.#failure
    if (this.#options.sync === 'always') await this.#file?.sync()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      await this.flushed()
    } finally {
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
      while (this.#changed.size > 0) {
        if (this.#lines - this.#offsets.size > STALE_LINES) await this.#rewrite()
        else await this.#append()
      }
    } catch (error) {
      this.#failure = carrierError(this.#path, error)
    } finally {
      this.#working = undefined
    }
  }

  async #append(): Promise<void> {
    const lines = [...this.#changed].map(consumer => lineOf(consumer, this.#offsets.get(consumer)))
    this.#changed.clear()
    this.#file ??= await SegmentFile.append(this.#path)
    await this.#file.write([Buffer.from(lines.join(''))])
    if (this.#options.sync === 'always') this.#timer ??= setTimeout(() => this.#sync(), SYNC_AFTER_MS)
    this.#lines += lines.length
  }

  #sync(): void {
    this.#timer = undefined
    this.#file?.sync().catch(error => {
      this.#failure ??= carrierError(this.#path, error)
    })
  }

  /** Under another name until it is whole and on the disk. */
  async #rewrite(): Promise<void> {
    this.#changed.clear()
    await this.#file?.close()
    this.#file = undefined
    const draft = `${this.#path}.partial`
    const lines = [...this.#offsets].map(([consumer, offset]) => lineOf(consumer, offset))
    const descriptor = openSync(draft, 'w')
    try {
      const bytes = Buffer.from(lines.join(''))
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
      fdatasyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(draft, this.#path)
    this.#lines = lines.length
  }
}

/** An offset of null takes back what was said of the consumer before. */
function lineOf(consumer: string, offset: number | undefined): string {
  return `${JSON.stringify({ consumer, offset: offset ?? null })}\n`
}

function readPositions({ folder, warn }: PositionsOptions): { offsets: Map<string, number>; lines: number } {
  const path = join(folder, NAME)
  const text = inWords(path, () => readIfThere(path))
  const offsets = new Map<string, number>()
  const rows = text.split('\n')
  for (const [index, row] of rows.entries()) {
    if (row === '') continue
    const said = readRow(row)
    if (!said) warn(`${path}:${index + 1}: not a position: left out`)
    else if (said.offset === null) offsets.delete(said.consumer)
    else offsets.set(said.consumer, said.offset)
  }
  if (text !== '' && !text.endsWith('\n')) endLine(path)
  return { offsets, lines: rows.length }
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

function readRow(row: string): { readonly consumer: string; readonly offset: number | null } | undefined {
  try {
    const said: Json = JSON.parse(row)
    if (said === null || typeof said !== 'object' || !('consumer' in said) || !('offset' in said)) return undefined
    const { consumer, offset } = said
    if (typeof consumer !== 'string' || (offset !== null && typeof offset !== 'number')) return undefined
    return { consumer, offset }
  } catch {
    return undefined
  }
}
