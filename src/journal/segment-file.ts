// The file that records are being added to: writes in order, in one piece each, and what makes them durable.

import { close, fdatasync, ftruncate, open, renameSync, rmSync, writev, writevSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/** Buffers that the system takes at once (IOV_MAX is 1024 on Linux). */
const MOST_PIECES = 1000
/** So much the system copies in less time than it takes to ask another thread for it. */
const AT_ONCE = 64 * 1024

const opened = promisify(open)
const synced = promisify(fdatasync)
const closed = promisify(close)
const truncated = promisify(ftruncate)

export class SegmentFile {
  readonly #descriptor: number
  /** Since the last sync began. */
  #isDirty = false
  #syncing: Promise<void> | undefined

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** A new file, whose name is durable, too. */
  static async create(path: string, folder: string): Promise<SegmentFile> {
    const file = new SegmentFile(await opened(path, 'ax'))
    await syncFolder(folder)
    return file
  }

  /** A file that takes the place of another, which stays as it was until all that `fill` writes is on the disk. */
  static async replace(path: string, fill: (file: SegmentFile) => Promise<void>): Promise<SegmentFile> {
    const draft = `${path}.partial`
    rmSync(draft, { force: true })
    const file = await SegmentFile.append(draft)
    try {
      await fill(file)
      await file.sync()
      renameSync(draft, path)
      await syncFolder(dirname(path))
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  static async append(path: string): Promise<SegmentFile> {
    return new SegmentFile(await opened(path, 'a'))
  }

  /** All of it, or an error: then the file may end with a part. */
  async write(chunks: readonly Uint8Array[]): Promise<void> {
    let rest = chunks
    let left = chunks.reduce((sum, { length }) => sum + length, 0)
    while (rest.length > 0) {
      const pieces = rest.slice(0, MOST_PIECES)
      const written = left <= AT_ONCE ? writevSync(this.#descriptor, pieces) : await this.#writeSome(pieces)
      rest = without(rest, written)
      left -= written
    }
    this.#isDirty = true
  }

  /** Takes back what was written beyond so many bytes. */
  cut(size: number): Promise<void> {
    return truncated(this.#descriptor, size)
  }

  /** Ends when the disk has all whose write had ended. */
  async sync(): Promise<void> {
    if (this.#syncing) await this.#syncing
    if (this.#isDirty) {
      this.#isDirty = false
      this.#syncing = synced(this.#descriptor)
    }
    // Also one that somebody else has begun who waited here, too.
    await this.#syncing
  }

  async close(): Promise<void> {
    // Whoever waited for the one before may have begun another.
    for (let ended: Promise<void> | undefined; ended !== this.#syncing; ) {
      ended = this.#syncing
      await ended?.catch(() => {})
    }
    await closed(this.#descriptor)
  }

  #writeSome(chunks: readonly Uint8Array[]): Promise<number> {
    return new Promise((resolve, reject) => {
      writev(this.#descriptor, [...chunks], (error, written) => (error ? reject(error) : resolve(written)))
    })
  }
}

/** The names in it are durable then. */
async function syncFolder(path: string): Promise<void> {
  const descriptor = await opened(path, 'r')
  try {
    await synced(descriptor)
  } finally {
    await closed(descriptor)
  }
}

/** What is left when so many bytes are gone. */
function without(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let gone = bytes
  for (const [index, chunk] of chunks.entries()) {
    if (gone < chunk.length) return [chunk.subarray(gone), ...chunks.slice(index + 1)]
    gone -= chunk.length
  }
  return []
}
