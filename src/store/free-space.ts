// The guard that ends writing before a disk is full.

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { CarrierError } from '../errors.ts'
import { formatSize } from '../units.ts'

const LOOK_MS = 1000

export class FreeSpace {
  readonly #name: string
  readonly #least: number
  /** Bytes that may still be written before the disk has to be looked at again. */
  #room = 0
  #looked = 0

  /** `name` is what the store is called in messages, `least` the bytes that stay free. */
  constructor(name: string, least: number) {
    this.#name = name
    this.#least = least
  }

  /** Throws where so many more bytes would leave too little. Looks once a second, and when there may be no room. */
  check(path: string, bytes: number): void {
    this.#room -= bytes
    const now = performance.now()
    if (this.#room >= 0 && now - this.#looked < LOOK_MS) return
    const { bavail, bsize } = statfsSync(dirname(path))
    const free = bavail * bsize
    // A file grows by whole blocks.
    this.#room = free - this.#least - bytes - bsize
    this.#looked = now
    if (this.#room >= 0) return
    const reason = `only ${formatSize(free)} are free on the disk: expected at least ${formatSize(this.#least)}`
    throw new CarrierError(this.#name, reason)
  }
}
