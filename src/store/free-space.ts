// The guard that ends writing before a disk is full.

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { CarrierError } from '../errors.ts'
import { formatSize } from '../units.ts'

const LOOK_MS = 1000

export class FreeSpace {
  readonly #name: string
  readonly #least: number
  #written = Number.POSITIVE_INFINITY
  #looked = 0

  /** `name` is what the store is called in messages, `least` the bytes that stay free. */
  constructor(name: string, least: number) {
    this.#name = name
    this.#least = least
  }

  /** Throws where so many more bytes would leave too little. Looks once a second, or when much was written since. */
  check(path: string, bytes: number): void {
    this.#written += bytes
    const now = performance.now()
    if (this.#written < this.#least / 8 && now - this.#looked < LOOK_MS) return
    const { bavail, bsize } = statfsSync(dirname(path))
    const free = bavail * bsize
    if (free < this.#least + bytes) {
      const reason = `only ${formatSize(free)} are free on the disk: expected at least ${formatSize(this.#least)}`
      throw new CarrierError(this.#name, reason)
    }
    this.#written = 0
    this.#looked = now
  }
}
