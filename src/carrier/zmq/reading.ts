// The memory that a socket reads into: a slab for what is small, the part's own memory for what is large.

import type { OnReadOpts } from 'node:net'
import { expectLargeBuffers } from '../../large-buffers.ts'

/** What takes the bytes. */
export interface ReadTarget {
  /** Where the next bytes belong, while a large part is under way. */
  room(): Uint8Array | undefined
  /** So many bytes were read into `room`. */
  filled(bytes: number): void
  push(bytes: Uint8Array): void
}

const SLAB = 64 * 1024
/** Less than this is not worth a read: the slab is given up. */
const LEAST = 8 * 1024
/** After a large part: what follows is probably the start of another, which would have to be copied. */
const AFTER_LARGE = 4 * 1024
/** Longer reads keep the sender waiting for room. */
const MOST = 128 * 1024

/** A slab is never written twice: what was read stays where it is, for as long as somebody keeps it. */
export class Reading {
  readonly onread: OnReadOpts
  /** Set before the first bytes come. */
  target: ReadTarget | undefined
  #slab = Buffer.alloc(0)
  #inRoom = false
  #afterLarge = false

  constructor() {
    this.onread = {
      buffer: () => this.#memory(),
      callback: (bytes, memory) => {
        this.#took(bytes, memory)
        return true
      },
    }
  }

  #memory(): Uint8Array {
    const room = this.target?.room()
    if (room) expectLargeBuffers()
    this.#inRoom = room !== undefined
    if (room) return room.length > MOST ? room.subarray(0, MOST) : room
    if (this.#slab.length < LEAST) this.#slab = Buffer.allocUnsafeSlow(SLAB)
    return this.#afterLarge ? this.#slab.subarray(0, AFTER_LARGE) : this.#slab
  }

  #took(bytes: number, memory: Uint8Array): void {
    this.#afterLarge = this.#inRoom
    if (this.#inRoom) {
      this.target?.filled(bytes)
      return
    }
    this.#slab = this.#slab.subarray(bytes)
    this.target?.push(memory.subarray(0, bytes))
  }
}
