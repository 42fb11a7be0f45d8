// How output becomes a file: under a temporary name until it is whole, or at the end of what is there.

import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UsageError } from '../errors.ts'
import { type Endpoint, withoutSecrets } from '../url.ts'
import { writeBlocks } from './blocks.ts'
import type { CarrierContext, Outlet } from './carrier.ts'
import { carrierError, inWords } from './failure.ts'
import { FileWindow } from './file-window.ts'
import { frameFormat } from './frame-format.ts'
import { csvFormat, lineFormat, type RecordFormat } from './record-format.ts'
import { setTornTailAside } from './torn-tail.ts'

const FILE_SYNC = ['always', 'interval', 'never'] as const
/** `end`: once, when the file is closed. */
export type FileSync = (typeof FILE_SYNC)[number] | 'end'

const SYNC_INTERVAL_MS = 1000

export function parseSync(endpoint: Endpoint): FileSync {
  const text = endpoint.params.get('sync')
  if (text === undefined) return 'end'
  const sync = FILE_SYNC.find(name => name === text)
  if (sync) return sync
  throw new UsageError(`${withoutSecrets(endpoint.text)}: sync=${text}: expected ${FILE_SYNC.join(', ')}`)
}

/** Becomes PATH when closed; until then PATH is what it was. A failure leaves what was written as PATH.partial. */
export function atomicOutlet(path: string, sync: FileSync, context: Pick<CarrierContext, 'warn'>): Outlet {
  const target = resolved(path)
  const folder = dirname(target)
  const temporary = join(folder, `.${basename(target)}.partial-${Math.random().toString(36).slice(2, 10)}`)
  const mode = inWords(path, () => statSync(target, { throwIfNoEntry: false }))?.mode
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  const writer = new FileWriter(
    path,
    sync,
    inWords(path, () => openSync(temporary, flags, mode)),
  )
  const setAside = () => {
    if (writer.size === 0) return unlinkSync(temporary)
    renameSync(temporary, `${target}.partial`)
    context.warn(`${path}: what was written is kept as ${path}.partial`)
  }
  const trySetAside = () => {
    try {
      setAside()
    } catch {
      // The first error says it all.
    }
  }
  return {
    write: chunks => writer.write(chunks),
    takesAtOnce: true,
    commit: () => writer.commit(),
    async close() {
      inWords(path, () => {
        try {
          writer.close()
          renameSync(temporary, target)
        } catch (error) {
          trySetAside()
          throw error
        }
        if (sync !== 'never') syncFolder(folder)
      })
    },
    async abort() {
      writer.abandon()
      setAside()
    },
  }
}

/** Adds to PATH, made if missing. SIGHUP opens PATH again: it may have been renamed. */
export function appendingOutlet(path: string, sync: FileSync, context: CarrierContext): Outlet {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND
  let file: Outlet['file']
  const open = () =>
    inWords(path, () => {
      const descriptor = openSync(path, flags)
      file = { begun: prepare(descriptor, path, context.warn) }
      return new FileWriter(path, sync, descriptor)
    })
  let writer = open()
  const forget = context.onHangup(() => {
    writer.close()
    writer = open()
  })
  return {
    get file() {
      return file
    },
    write: chunks => writer.write(chunks),
    takesAtOnce: true,
    commit: () => writer.commit(),
    async close() {
      forget()
      writer.close()
    },
    async abort() {
      forget()
      writer.abandon()
    },
  }
}

/** Sets a torn record aside; gives the first of those that are there. */
function prepare(descriptor: number, path: string, warn: CarrierContext['warn']): Uint8Array | undefined {
  const format = formatOf(new FileWindow(descriptor).read(0, 4), path)
  if (!format) return undefined
  setTornTailAside({ descriptor, path, name: path, format, warn })
  const window = new FileWindow(descriptor)
  const head = window.read(0, window.block)
  const { length } = format.whole(head, 1)
  return length > 0 ? head.subarray(0, length) : undefined
}

const LINES = /\.(ndjson|jsonl|json|txt|log)$/i
const ROWS = /\.(csv|tsv)$/i

/** Lines and frames are known by the first byte, others by the file's ending; what is unknown is left alone. */
function formatOf(head: Uint8Array, path: string): RecordFormat | undefined {
  if (head.length === 0) return undefined
  if (ROWS.test(path)) return csvFormat
  if (frameFormat.accepts(head)) return frameFormat
  return lineFormat.accepts(head) || LINES.test(path) ? lineFormat : undefined
}

/** An open file and its durability. A write that fails leaves no part of itself behind. */
class FileWriter {
  readonly #path: string
  readonly #sync: FileSync
  readonly #descriptor: number
  readonly #timer: NodeJS.Timeout | undefined
  #error: Error | undefined
  #dirty = false
  /** Bytes in the file that belong to whole writes. */
  size: number

  constructor(path: string, sync: FileSync, descriptor: number) {
    this.#path = path
    this.#sync = sync
    this.#descriptor = descriptor
    this.size = fstatSync(descriptor).size
    if (sync === 'interval') this.#timer = setInterval(() => this.#syncSoon(), SYNC_INTERVAL_MS).unref()
  }

  write(chunks: readonly Uint8Array[]): void | Promise<void> {
    if (this.#error) throw this.#error
    let length = 0
    try {
      const waiting = writeBlocks(this.#descriptor, chunks, bytes => {
        length += bytes
      })
      if (waiting) return waiting.then(() => this.#wrote(length))
    } catch (error) {
      this.#takeBack()
      throw this.#fail(error)
    }
    this.#wrote(length)
  }

  commit(): void {
    if (this.#error) throw this.#error
    if (this.#dirty && this.#sync !== 'never') this.#syncNow()
  }

  close(): void {
    clearInterval(this.#timer)
    try {
      this.commit()
    } finally {
      closeSync(this.#descriptor)
    }
  }

  /** Closes without a word about what may still go wrong. */
  abandon(): void {
    clearInterval(this.#timer)
    closeSync(this.#descriptor)
  }

  #wrote(length: number): void {
    this.size += length
    this.#dirty = true
    if (this.#sync === 'always') this.#syncNow()
  }

  #syncNow(): void {
    try {
      fdatasyncSync(this.#descriptor)
      this.#dirty = false
    } catch (error) {
      throw this.#fail(error)
    }
  }

  #syncSoon(): void {
    if (!this.#dirty) return
    this.#dirty = false
    fdatasync(this.#descriptor, error => {
      if (error && this.#error === undefined) this.#fail(error)
    })
  }

  #takeBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.size)
    } catch {
      // The first error says it all.
    }
  }

  #fail(error: unknown): Error {
    this.#error = carrierError(this.#path, error)
    return this.#error
  }
}

/** A link is followed, so that its target is replaced and not the link. */
function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY)
  try {
    fdatasyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
