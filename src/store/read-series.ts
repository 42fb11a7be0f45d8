// Reads the files of a store back, in order, and goes on with what is appended and with the files that come after.

import { watch } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RecordFormat } from '../carrier/record-format.ts'
import { CarrierError, errorCode, systemReason } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Decoder, Source } from '../stream/step.ts'
import { FileSeries } from './file-series.ts'
import { selection } from './selection.ts'
import type { ReadOptions } from './store.ts'

export interface SeriesOptions extends ReadOptions {
  /** The path, with strftime directives where the name tells a time. */
  readonly pattern: string
  readonly format: RecordFormat
  readonly decoder: (source: string) => Decoder
}

const READ_SIZE = 256 * 1024
/** A follower looks again at least this often, also where the system does not tell of changes. */
const LOOK_MS = 500

export async function* readSeries(options: SeriesOptions): Source & AsyncGenerator<Batch> {
  const { pattern, follow, stop } = options
  const select = selection(options)
  const series = new FileSeries(pattern)
  const seen = new Set<string>()
  const changes = follow ? new Changes(dirname(series.path(Date.now())), stop) : undefined
  try {
    if (!follow && series.files().length === 0) {
      throw new CarrierError(pattern, 'no such file or directory')
    }
    while (!stop.aborted) {
      const next = await openNext(series, seen)
      if (next) {
        for await (const batch of readFile(next, series, seen, changes, options)) {
          const selected = select(batch)
          if (selected.length > 0) yield selected
        }
      } else if (changes) await changes.next()
      else return
    }
  } finally {
    changes?.close()
  }
}

interface Opened {
  readonly path: string
  readonly handle: FileHandle
}

/** The oldest file that was not read yet. Files are known by what they are, for their names change. */
async function openNext(series: FileSeries, seen: Set<string>): Promise<Opened | undefined> {
  for (;;) {
    const next = await firstUnseen(series, seen)
    if (!next) return undefined
    const handle = await openIfThere(next.path)
    if (!handle) continue
    const opened = identity(await handle.stat())
    // Since the files were listed this name may have gone to a newer one.
    if ((await firstUnseen(series, seen))?.identity === opened) {
      seen.add(opened)
      return { path: next.path, handle }
    }
    await handle.close()
  }
}

interface Listed {
  readonly path: string
  readonly identity: string
}

async function firstUnseen(series: FileSeries, seen: ReadonlySet<string>): Promise<Listed | undefined> {
  for (const path of series.files()) {
    const found = await stat(path).catch(() => undefined)
    if (found && !seen.has(identity(found))) return { path, identity: identity(found) }
  }
  return undefined
}

/** A file that is not there was renamed or deleted since it was listed. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new CarrierError(path, systemReason(error), { cause: error })
  }
}

/** A number of an inode alone is given again as soon as its file is deleted. */
function identity(stat: { readonly dev: number; readonly ino: number; readonly birthtimeMs: number }): string {
  return `${stat.dev} ${stat.ino} ${stat.birthtimeMs}`
}

/** Hands on whole records only: what is behind the last of them is yet to be completed, or was cut short. */
async function* readFile(
  { path, handle }: Opened,
  series: FileSeries,
  seen: ReadonlySet<string>,
  changes: Changes | undefined,
  { format, decoder: createDecoder, reject, stop }: SeriesOptions,
): AsyncGenerator<Batch> {
  const decoder = createDecoder(path)
  const lastEnd = format.scan()
  let held: Uint8Array[] = []
  let position = 0
  let whole = 0
  let finished = changes === undefined
  try {
    while (!stop.aborted) {
      const buffer = Buffer.allocUnsafeSlow(READ_SIZE)
      const { bytesRead } = await handle.read(buffer, 0, READ_SIZE, position)
      if (bytesRead > 0) {
        const bytes = buffer.subarray(0, bytesRead)
        const end = lastEnd(bytes)
        if (end > 0) {
          for (const piece of [...held, bytes.subarray(0, end)]) yield decoder.push(piece)
          held = []
          whole = position + end
        }
        if (end < bytes.length) held.push(bytes.subarray(Math.max(0, end)))
        position += bytesRead
      } else if (finished || !changes) {
        if (decoder.end) yield decoder.end()
        if (held.length > 0) {
          reject({ place: { source: path, offset: whole }, reason: 'cut short', bytes: Buffer.concat(held) })
        }
        return
        // A newer file is begun only when nothing more comes into this one: but read to its end once more.
      } else if (await firstUnseen(series, seen)) finished = true
      else await changes.next()
    }
  } catch (error) {
    throw errorCode(error) === undefined ? error : new CarrierError(path, systemReason(error), { cause: error })
  } finally {
    await handle.close()
  }
}

/** Tells when something in a folder may have changed. */
class Changes {
  readonly #stop: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #watcher: ReturnType<typeof watch> | undefined
  #changed = false
  #wake: (() => void) | undefined

  constructor(folder: string, stop: AbortSignal) {
    this.#stop = stop
    const change = () => {
      this.#changed = true
      this.#wake?.()
    }
    stop.addEventListener('abort', change)
    this.#timer = setInterval(change, LOOK_MS)
    try {
      this.#watcher = watch(folder, change)
      this.#watcher.on('error', () => {})
    } catch {
      // No watching here, for example because there are too many watchers: the timer is enough.
    }
  }

  async next(): Promise<void> {
    if (!this.#changed && !this.#stop.aborted) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    this.#wake = undefined
    this.#changed = false
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watcher?.close()
  }
}
