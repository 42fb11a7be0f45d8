// Bytes of one record that arrive in pieces: held without copying until they are joined once.

/** Smaller pieces are joined in groups, so that a record which arrives byte by byte costs no object a byte. */
const SMALL = 16384
const GROUP = 1024

/** At most so many bytes of a reject are kept. */
export const REJECT_BYTES = 2 ** 20

export class Gather {
  #length = 0
  readonly #parts: Buffer[] = []
  #small: Buffer[] = []

  get length(): number {
    return this.#length
  }

  add(piece: Buffer): void {
    if (piece.length === 0) return
    this.#length += piece.length
    if (piece.length >= SMALL) {
      this.#flush()
      this.#parts.push(piece)
    } else if (this.#small.push(piece) === GROUP) {
      this.#flush()
    }
  }

  /** All bytes so far in one buffer; a single piece is given back as it came. Leaves nothing behind. */
  take(): Buffer {
    this.#flush()
    const only = this.#parts[0]
    const all = this.#parts.length === 1 && only ? only : Buffer.concat(this.#parts, this.#length)
    this.#parts.length = 0
    this.#length = 0
    return all
  }

  #flush(): void {
    if (this.#small.length === 0) return
    const only = this.#small[0]
    this.#parts.push(this.#small.length === 1 && only ? only : Buffer.concat(this.#small))
    this.#small = []
  }
}

/** The same bytes as a Buffer, without copying. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
