// A regular file that two threads read piece by piece: each works on its own pieces where it read them, in the cache of its core,
// before anybody else has them.

import { readSync } from 'node:fs'
import type { PieceSide, PieceWork } from '../stream/piece-work.ts'
import { now } from '../timer.ts'
import { positionOf } from './position.ts'

type Run = PieceWork['run']

/**
 * The words that both threads share: the next piece to take, the first that is not to be taken yet, whether none is any more, and
 * for each side whether it is reading; then for each place its state, its bytes, the side whose room they are in.
 */
const AT = { next: 0, open: 16, ended: 17, reading: 18, places: 32, length: 1, side: 2, step: 3 } as const
/** What became of the piece of a place: that is not known yet; the results are there; it is left to others, in its room. */
const STATE = { unknown: 0, done: 1, left: 2 } as const
/** How often a thread looks before it sleeps: that takes as long as a part of a piece, and waking it up as well. */
const LOOKS = 5000
/** Milliseconds after which what is done is handed on: signals and timers have their turn, also where a disk is slow. */
const LONG_MS = 10

/** All that a thread needs: `takePiece` goes there as text, and knows nothing else of this file. */
interface Job extends Pick<PieceWork, 'bytes' | 'blocks' | 'results' | 'resultBytes' | 'places'>, PieceSide {
  readonly AT: typeof AT
  readonly STATE: typeof STATE
  readonly words: Int32Array
  readonly descriptor: number
  /** The position of the first piece. */
  readonly start: number
  readonly side: 0 | 1
}

/**
 * Reads the next piece and works on it: its number, or -1 where there is none to take, for now or for ever. Where the results
 * are no good, or the piece is short because the file ends or cannot be read, it is left in the room, which is not free then.
 */
function takePiece(read: typeof readSync, run: Run, job: Job): number {
  const { AT, STATE, words, bytes, room, sums } = job
  // Told before it looks whether it may: so nobody who says that reading has ended overlooks it.
  Atomics.store(words, AT.reading + job.side, 1)
  let piece = -1
  while (piece < 0 && Atomics.load(words, AT.ended) === 0) {
    const next = Atomics.load(words, AT.next)
    if (next === Atomics.load(words, AT.open)) break
    if (Atomics.compareExchange(words, AT.next, next, next + 1) === next) piece = next
  }
  let length = 0
  if (piece >= 0) {
    try {
      for (let got = -1; got !== 0 && length < bytes; length += got)
        got = read(job.descriptor, room, length, bytes - length, job.start + piece * bytes + length)
    } catch {
      // Whoever reads on there hears of it.
    }
    if (length < bytes) Atomics.store(words, AT.ended, 1)
  }
  Atomics.store(words, AT.reading + job.side, 0)
  Atomics.notify(words, AT.reading + job.side)
  if (piece < 0) return piece
  const at = piece % job.places
  sums.fill(0)
  if (length === bytes)
    run(job.base, room.byteOffset, job.results + at * job.resultBytes, bytes / job.blocks, job.blocks)
  const place = AT.places + at * AT.step
  words[place + AT.length] = length
  words[place + AT.side] = job.side
  Atomics.store(words, place, length === bytes && sums.every(Number.isFinite) ? STATE.done : STATE.left)
  Atomics.notify(words, place)
  return piece
}

/** The other thread's program: takes pieces as long as there are any. */
const PROGRAM = `
const { readSync } = require('node:fs')
const take = ${takePiece}
const { words, AT, STATE } = data
for (;;) {
  // In this order: whoever ends it opens others afterwards, so that nobody sleeps for ever.
  const open = Atomics.load(words, AT.open)
  if (Atomics.load(words, AT.ended) === 1) break
  const piece = take(readSync, run, data)
  if (piece >= 0) {
    const place = AT.places + (piece % data.places) * AT.step
    while (Atomics.load(words, place) === STATE.left && Atomics.load(words, AT.ended) === 0)
      Atomics.wait(words, place, STATE.left)
  } else {
    for (let look = 0; Atomics.load(words, AT.open) === open && look < ${LOOKS}; look++);
    Atomics.wait(words, AT.open, open)
  }
}`

/**
 * The bytes of a descriptor from where it stands, in order: those that are done as parts of `done`, those that are left as they
 * are; each until the next is asked for. At the end the descriptor stands behind them: whoever reads on finds the end there, or
 * what cannot be read. Meanwhile it stands where it stood.
 */
export function* piecesOf(descriptor: number, work: PieceWork): Generator<Uint8Array> {
  const position = positionOf(descriptor)
  if (!position) return
  const pieces = new Pieces(descriptor, position.start, work)
  let end = position.start
  try {
    for (let length = work.bytes; length >= work.bytes; pieces.release()) {
      const bytes = pieces.next()
      length = bytes.length
      end += length
      if (length > 0) yield bytes
    }
  } finally {
    pieces.end()
    position.moveTo(end)
  }
}

class Pieces {
  readonly #work: PieceWork
  readonly #words: Int32Array
  readonly #job: Job
  /** The first piece that was not handed on, and how many from there on are done and lie one behind the other. */
  #first = 0
  #done = 0
  /** How many were handed on last. */
  #count = 0
  /** The last piece that was left in the own room. */
  #left = -1

  constructor(descriptor: number, start: number, work: PieceWork) {
    const { bytes, blocks, results, resultBytes, places, sides, lend } = work
    const words = new Int32Array(new SharedArrayBuffer(4 * (AT.places + places * AT.step)))
    const common = { AT, STATE, words, descriptor, start, bytes, blocks, results, resultBytes, places }
    this.#work = work
    this.#words = words
    this.#job = { ...common, ...sides[0], side: 0 }
    Atomics.store(words, AT.open, places)
    lend(PROGRAM, { ...common, ...sides[1], side: 1 } satisfies Job)
  }

  /** Works until there is something to hand on: whole pieces, or the last bytes. */
  next(): Uint8Array {
    const { places } = this.#work
    const begun = now()
    for (;;) {
      const most = places - (this.#first % places)
      while (this.#done < most && this.#stateOf(this.#first + this.#done) === STATE.done) this.#done++
      if (this.#done === most || this.#done >= places / 2) return this.#handOnDone()
      if (this.#done > 0 && now() - begun > LONG_MS) return this.#handOnDone()
      if (this.#done === 0 && this.#stateOf(this.#first) === STATE.left) return this.#handOnLeft()
      if (this.#take()) continue
      if (this.#done > 0) return this.#handOnDone()
      this.#await(this.#first)
    }
  }

  /** What was handed on last is done with. */
  release(): void {
    const words = this.#words
    for (let piece = this.#first; piece < this.#first + this.#count; piece++) {
      Atomics.store(words, this.#placeOf(piece), STATE.unknown)
      Atomics.notify(words, this.#placeOf(piece))
    }
    Atomics.add(words, AT.open, this.#count)
    Atomics.notify(words, AT.open)
    this.#first += this.#count
    this.#done = 0
    this.#count = 0
  }

  /** The descriptor is not read any more when it returns. */
  end(): void {
    const other = AT.reading + 1
    Atomics.store(this.#words, AT.ended, 1)
    while (Atomics.load(this.#words, other) === 1) Atomics.wait(this.#words, other, 1)
    // Whoever waits for something sees that nothing comes.
    this.#count = this.#work.places
    this.release()
  }

  #handOnDone(): Uint8Array {
    const { done, bytes, places } = this.#work
    const from = (this.#first % places) * bytes
    this.#count = this.#done
    return done.subarray(from, from + this.#done * bytes)
  }

  #handOnLeft(): Uint8Array {
    const place = this.#placeOf(this.#first)
    const { room } = this.#work.sides[this.#words[place + AT.side] === 0 ? 0 : 1]
    this.#count = 1
    return room.subarray(0, this.#words[place + AT.length])
  }

  /** Works on a piece, where there is one to take and the own room is free. */
  #take(): boolean {
    if (this.#left >= this.#first) return false
    const piece = takePiece(readSync, this.#work.run, this.#job)
    if (piece >= 0 && this.#stateOf(piece) === STATE.left) this.#left = piece
    return piece >= 0
  }

  #placeOf(piece: number): number {
    return AT.places + (piece % this.#work.places) * AT.step
  }

  #stateOf(piece: number): number {
    return Atomics.load(this.#words, this.#placeOf(piece))
  }

  /** Until the other thread has done with the piece. */
  #await(piece: number): void {
    const place = this.#placeOf(piece)
    for (let look = 0; Atomics.load(this.#words, place) === STATE.unknown; look++)
      if (look > LOOKS) Atomics.wait(this.#words, place, STATE.unknown)
  }
}
