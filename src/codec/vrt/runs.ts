// Bytes on their way out: small pieces joined, large ones and runs of packets as they came handed on uncopied.

import { ByteWriter } from '../byte-writer.ts'

/** From so many bytes on, a piece is a chunk of its own. */
const LARGE = 8192

/** Make a new one for each batch. */
export class Runs {
  readonly #chunks: Uint8Array[] = []
  #slab = new ByteWriter()
  #run: { readonly buffer: Buffer; readonly start: number; end: number } | undefined

  /** Bytes of a packet as it came: those that followed each other stay together. */
  pass(buffer: Buffer, start: number, end: number): void {
    const run = this.#run
    if (run?.buffer === buffer && run.end === start) {
      run.end = end
      return
    }
    this.#closeRun()
    this.#run = { buffer, start, end }
  }

  add(bytes: Uint8Array): void {
    this.#closeRun()
    this.#put(bytes)
  }

  finish(): readonly Uint8Array[] {
    this.#closeRun()
    this.#closeSlab()
    return this.#chunks
  }

  #put(bytes: Uint8Array): void {
    if (bytes.length < LARGE) this.#slab.bytes(bytes)
    else {
      this.#closeSlab()
      this.#chunks.push(bytes)
    }
  }

  #closeRun(): void {
    const run = this.#run
    this.#run = undefined
    if (run) this.#put(run.buffer.subarray(run.start, run.end))
  }

  #closeSlab(): void {
    if (this.#slab.used === 0) return
    this.#chunks.push(this.#slab.finish())
    this.#slab = new ByteWriter()
  }
}
