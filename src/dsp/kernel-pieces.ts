// Pieces of a file on their way through the kernel: where two threads read and transform them, and where the rows are then.

import type { PieceSide, PieceWork } from '../stream/piece-work.ts'

/**
 * Of samples, a power of two as blocks are: with their rows they stay in the cache of the core that read them. In smaller ones,
 * what it takes to share them counts.
 */
const PIECE_BYTES = 262144
/** Pieces whose rows may wait for those before them. */
const PLACES = 32
const LINE = 64
const FLOAT = 4

export interface PieceLayout {
  readonly blocks: number
  readonly rooms: readonly [number, number]
  readonly results: number
  readonly resultBytes: number
  readonly end: number
}

/** From an address on; of blocks that are no longer than a piece. */
export function pieceLayout(start: number, blockBytes: number, rowBytes: number): PieceLayout | undefined {
  if (blockBytes > PIECE_BYTES) return undefined
  const blocks = PIECE_BYTES / blockBytes
  const resultBytes = blocks * rowBytes
  const first = Math.ceil(start / LINE) * LINE
  const results = first + 2 * PIECE_BYTES
  return { blocks, rooms: [first, first + PIECE_BYTES], results, resultBytes, end: results + PLACES * resultBytes }
}

interface KernelParts extends Pick<PieceWork, 'run' | 'lend'> {
  readonly memory: WebAssembly.Memory
  readonly sides: readonly [Omit<PieceSide, 'room'>, Omit<PieceSide, 'room'>]
}

export class KernelPieces {
  readonly #layout: PieceLayout
  readonly #parts: KernelParts
  #work: PieceWork | undefined

  constructor(layout: PieceLayout, parts: KernelParts) {
    this.#layout = layout
    this.#parts = parts
  }

  /** Only once: its rooms and places are for one file. */
  give(): PieceWork | undefined {
    if (this.#work) return undefined
    const { rooms, blocks, results, resultBytes } = this.#layout
    const { memory, sides, run, lend } = this.#parts
    const sideOf = (side: 0 | 1) => ({ ...sides[side], room: new Uint8Array(memory.buffer, rooms[side], PIECE_BYTES) })
    this.#work = {
      ...{ blocks, results, resultBytes, run, lend },
      bytes: PIECE_BYTES,
      places: PLACES,
      done: new Uint8Array(new SharedArrayBuffer(PLACES * PIECE_BYTES)),
      sides: [sideOf(0), sideOf(1)],
    }
    return this.#work
  }

  /** The rows of samples that are done; nothing where these are others. */
  rowsOf({ buffer, byteOffset, length }: Uint8Array): { numbers: Float32Array; count: number } | undefined {
    if (buffer !== this.#work?.done.buffer) return undefined
    const { blocks, results, resultBytes } = this.#layout
    const pieces = length / PIECE_BYTES
    const from = results + (byteOffset / PIECE_BYTES) * resultBytes
    const numbers = new Float32Array(this.#parts.memory.buffer, from, (pieces * resultBytes) / FLOAT)
    return { numbers, count: pieces * blocks }
  }
}
