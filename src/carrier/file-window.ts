// A file read at any place, a block at a time.

import { fstatSync, readSync } from 'node:fs'

export const BLOCK = 1024 * 1024

/** Reads that lie in one block are answered from memory. What was read stays valid: a block is never reused. */
export class FileWindow {
  readonly size: number
  readonly block = BLOCK
  readonly #descriptor: number
  #bytes: Buffer = Buffer.alloc(0)
  #from = 0

  constructor(descriptor: number, size = fstatSync(descriptor).size) {
    this.#descriptor = descriptor
    this.size = size
  }

  /** Shorter than asked only where the file ends. */
  read(offset: number, length: number): Buffer {
    const to = Math.min(offset + length, this.size)
    if (offset < this.#from || to > this.#from + this.#bytes.length) {
      const wanted = Math.min(Math.max(length, this.block), this.size - offset)
      this.#bytes = this.#load(offset, Math.max(0, wanted))
      this.#from = offset
    }
    return this.#bytes.subarray(offset - this.#from, Math.max(offset, to) - this.#from)
  }

  #load(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const read = readSync(this.#descriptor, bytes, filled, length - filled, offset + filled)
      if (read === 0) break
      filled += read
    }
    return bytes.subarray(0, filled)
  }
}
