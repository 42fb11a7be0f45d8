// Bytes to and from file descriptors that never make anybody wait for long: regular files.

import { read, readSync, writevSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errorCode } from '../errors.ts'
import type { Transient } from './carrier.ts'
import { piecesOf } from './pieces.ts'

const BLOCK = 256 * 1024

const readAsync = promisify(read)

export interface BlockContext {
  readonly stop: AbortSignal
  readonly transient?: Transient
}

/** Below this, a read is copied so that a kept packet does not keep a whole block alive. */
export const SMALL = 16 * 1024

/** A block whose bytes were handed on as a copy, or not at all. */
let spare: Buffer | undefined

/** The next block of a regular file from its current position; nothing at its end. */
export function readBlock(descriptor: number): Uint8Array | undefined {
  const block = spare ?? Buffer.allocUnsafeSlow(BLOCK)
  const length = readSync(descriptor, block, 0, BLOCK, null)
  spare = length < SMALL ? block : undefined
  if (length === 0) return undefined
  return length < SMALL ? Buffer.from(block.subarray(0, length)) : block.subarray(0, length)
}

/**
 * Whole blocks until the end or the stop. Reading does not wait, so nothing is asynchronous but the hand-over. Where each is
 * done with when the next is asked for, all are read into the same memory: half of the time goes into getting fresh one. Whoever
 * takes them may have two places for them: then each is read while the one before is worked on; or work for two threads, which
 * is done before they are handed over.
 */
export async function* blocksOf(descriptor: number, { stop, transient }: BlockContext): AsyncGenerator<Uint8Array> {
  const same = transient ? Buffer.allocUnsafeSlow(BLOCK) : undefined
  // As long as it is not, a part of an element may be kept elsewhere, to be put before what comes next.
  let isWhole = false
  while (!stop.aborted) {
    const places = transient?.places?.()
    const work = isWhole ? places?.work?.() : undefined
    for (const piece of work ? piecesOf(descriptor, work) : []) {
      yield piece
      if (stop.aborted) return
    }
    const rooms = places?.rooms?.()
    if (rooms) return yield* readAhead(descriptor, rooms, stop)
    const room = same && (places?.room?.() ?? same)
    const block = room ? room.subarray(0, readSync(descriptor, room, 0, room.length, null)) : readBlock(descriptor)
    if (block === undefined || block.length === 0) return
    isWhole = block.length === room?.length
    yield block
  }
}

async function* readAhead(
  descriptor: number,
  [first, second]: readonly [Uint8Array, Uint8Array],
  stop: AbortSignal,
): AsyncGenerator<Uint8Array> {
  // At once: the thread that reads has to be started yet.
  let block = first.subarray(0, readSync(descriptor, first, 0, first.length, null))
  for (let next = second; block.length > 0 && !stop.aborted; next = next === first ? second : first) {
    const reading = readAsync(descriptor, next, 0, next.length, null)
    // Whoever works on the block is not to hear of a failure before the end of it.
    const over = reading.catch(() => {})
    try {
      yield block
    } finally {
      // Until then the descriptor belongs to the thread.
      await over
    }
    block = next.subarray(0, (await reading).bytesRead)
  }
}

/** Written when `onWritten` has told all bytes; partial writes go on, a full terminal is tried again. */
export function writeBlocks(
  descriptor: number,
  chunks: readonly Uint8Array[],
  onWritten: (bytes: number) => void = () => {},
): void | Promise<void> {
  let rest: readonly Uint8Array[] = chunks
  while (rest.length > 0) {
    let written: number
    try {
      written = writevSync(descriptor, rest)
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error
      return after(5).then(() => writeBlocks(descriptor, rest, onWritten))
    }
    onWritten(written)
    rest = withoutFirst(rest, written)
  }
}

function withoutFirst(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length)
      return left === 0 ? chunks.slice(index) : [chunk.subarray(left), ...chunks.slice(index + 1)]
    left -= chunk.length
  }
  return []
}
