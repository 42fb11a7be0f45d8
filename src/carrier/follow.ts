// Reading a file as it grows, through being renamed, made again or cut short, as `tail -F` does.

import { closeSync, type FSWatcher, fstatSync, openSync, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { errorCode } from '../errors.ts'
import { readBlock } from './blocks.ts'
import type { CarrierContext, Channel } from './carrier.ts'
import { carrierError, inWords } from './failure.ts'

/** Some file systems (network, FUSE) do not tell of changes: then this is how long it takes to see one. */
const POLL_MS = 500

/** One channel for each file that bears the name: none continues another's last record. Ends when stopped. */
export async function* followed(path: string, { stop, warn }: CarrierContext): AsyncGenerator<Channel> {
  const changes = new Changes(path, stop)
  let missing = false
  try {
    while (!stop.aborted) {
      const descriptor = openIfThere(path)
      if (descriptor === undefined) {
        if (!missing) warn(`${path}: no such file yet, waiting for it`)
        missing = true
        await changes.next()
        continue
      }
      missing = false
      const file = new GrowingFile(descriptor, path, changes)
      yield { name: path, bytes: file.bytes(stop) }
      await file.over
      if (file.isShorter) warn(`${path}: was cut short, reading it from its beginning`)
    }
  } finally {
    changes.close()
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw carrierError(path, error)
  }
}

class GrowingFile {
  readonly #descriptor: number
  readonly #path: string
  readonly #changes: Changes
  #finish = () => {}
  #position = 0
  isShorter = false
  readonly over = new Promise<void>(resolve => {
    this.#finish = resolve
  })

  constructor(descriptor: number, path: string, changes: Changes) {
    this.#descriptor = descriptor
    this.#path = path
    this.#changes = changes
  }

  async *bytes(stop: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      while (!stop.aborted) {
        const block = inWords(this.#path, () => readBlock(this.#descriptor))
        if (block) {
          this.#position += block.length
          yield block
        } else if (this.#isReplaced()) {
          // What was written between the last read and the renaming.
          const rest = readBlock(this.#descriptor)
          if (!rest) return
          yield rest
        } else if (this.#isCut()) return
        else await this.#changes.next()
      }
    } finally {
      closeSync(this.#descriptor)
      this.#finish()
    }
  }

  /** Whether another file bears the name. Where none does, one may still come. */
  #isReplaced(): boolean {
    const there = statSync(this.#path, { throwIfNoEntry: false })
    if (!there) return false
    const mine = fstatSync(this.#descriptor)
    return there.ino !== mine.ino || there.dev !== mine.dev
  }

  #isCut(): boolean {
    this.isShorter = fstatSync(this.#descriptor).size < this.#position
    return this.isShorter
  }
}

/** Changes to a name in its folder: told by the system, looked for now and then in any case. */
class Changes {
  readonly #stop: AbortSignal
  readonly #wake = () => this.#woken()
  #watcher: FSWatcher | undefined
  #changed = false
  #woken = () => {}

  constructor(path: string, stop: AbortSignal) {
    this.#stop = stop
    stop.addEventListener('abort', this.#wake)
    try {
      this.#watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
        if (name !== null && name !== basename(path)) return
        this.#changed = true
        this.#woken()
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // The folder is not there yet, or the system has no watchers left: the clock looks.
    }
  }

  async next(): Promise<void> {
    if (!this.#changed && !this.#stop.aborted) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, POLL_MS)
        this.#woken = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#changed = false
    this.#woken = () => {}
  }

  close(): void {
    this.#stop.removeEventListener('abort', this.#wake)
    this.#watcher?.close()
  }
}
