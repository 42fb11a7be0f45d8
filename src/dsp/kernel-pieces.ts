// Pieces of a file on their way through the kernel: where two threads read and transform them, and where the rows are then.

import type { Job } from './kernel.ts'

/**
 * Of samples: with their rows they stay in the cache of the core that read them. In smaller ones, what it takes to share them
 * counts.
 */
const PIECE_BYTES = 262144
/** Pieces whose rows may wait for those before them. */
const PLACES = 32
const LINE = 64
const FLOAT = 4

/** What two threads can do with pieces of whole blocks. Addresses and lengths in bytes. */
export interface KernelWork {
  /** Of a piece. */
  readonly bytes: number
  readonly blocks: number
  /** The rows of all places, one after the other. */
  readonly results: number
  readonly resultBytes: number
  readonly places: number
  /** As long as the samples of all places: stands for those whose rows are there. Nothing is ever read or written here. */
  readonly done: Uint8Array
  readonly sides: readonly [KernelSide, KernelSide]
  readonly run: (base: number, ...job: Job) => void
  readonly lend: (program: string, data: object) => void
}

/** Of a thread: its tables, the four sums that are not finite where rows are not right, and where it reads to. */
interface KernelSide {
  readonly base: number
  readonly sums: Float32Array
  readonly room: Uint8Array
}

export interface PieceLayout extends Pick<KernelWork, 'bytes' | 'blocks' | 'results' | 'resultBytes'> {
  readonly rooms: readonly [number, number]
  readonly done: number
  readonly end: number
}

/** From an address on; of blocks that are no longer than a piece. */
export function pieceLayout(start: number, blockBytes: number, rowBytes: number): PieceLayout | undefined {
  const blocks = Math.floor(PIECE_BYTES / blockBytes)
  if (blocks === 0) return undefined
  const bytes = blocks * blockBytes
  const resultBytes = blocks * rowBytes
  const first = Math.ceil(start / LINE) * LINE
  const results = first + 2 * PIECE_BYTES
  const done = Math.ceil((results + PLACES * resultBytes) / LINE) * LINE
  const rooms = [first, first + PIECE_BYTES] as const
  return { bytes, blocks, results, resultBytes, rooms, done, end: done + PLACES * bytes }
}

interface KernelParts extends Pick<KernelWork, 'run' | 'lend'> {
  readonly memory: WebAssembly.Memory
  readonly sides: readonly [Omit<KernelSide, 'room'>, Omit<KernelSide, 'room'>]
}

export class KernelPieces {
  readonly #work: KernelWork
  #isGiven = false

  constructor({ rooms, done, end, ...layout }: PieceLayout, { memory, sides, ...parts }: KernelParts) {
    const { buffer } = memory
    const sideOf = (side: 0 | 1) => ({ ...sides[side], room: new Uint8Array(buffer, rooms[side], layout.bytes) })
    this.#work = {
      ...layout,
      ...parts,
      places: PLACES,
      done: new Uint8Array(buffer, done, end - done),
      sides: [sideOf(0), sideOf(1)],
    }
  }

  /** Only once: its rooms and places are for one file. */
  give(): KernelWork | undefined {
    if (this.#isGiven) return undefined
    this.#isGiven = true
    return this.#work
  }

  /** The rows of samples that are done; nothing where these are others. */
  rowsOf({ buffer, byteOffset, length }: Uint8Array): { numbers: Float32Array; count: number } | undefined {
    const { done, bytes, blocks, results, resultBytes } = this.#work
    if (buffer !== done.buffer || byteOffset < done.byteOffset) return undefined
    const from = results + ((byteOffset - done.byteOffset) / bytes) * resultBytes
    const pieces = length / bytes
    return { numbers: new Float32Array(buffer, from, (pieces * resultBytes) / FLOAT), count: pieces * blocks }
  }
}
