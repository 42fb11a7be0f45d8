// Reading a file as it grows, through being renamed, made again or cut short, as `tail -F` does.

import { closeSync, fstatSync, openSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { errorCode } from '../errors.ts'
import { readBlock } from './blocks.ts'
import type { CarrierContext, Channel } from './carrier.ts'
import { Changes } from './changes.ts'
import { carrierError, inWords } from './failure.ts'

/** One channel for each file that bears the name: none continues another's last record. Ends when stopped. */
export async function* followed(path: string, { stop, warn }: CarrierContext): AsyncGenerator<Channel> {
  const changes = new Changes({ folder: dirname(path), name: basename(path) }, stop)
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
