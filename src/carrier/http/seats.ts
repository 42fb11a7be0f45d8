// The places of an HTTP output's readers: of those that are there, and of those whose names may come back.

import { Refused } from './guard.ts'
import type { Seat } from './seat.ts'

/** Names that are remembered while nobody asks by them, beside the readers that are there. */
const MOST_NAMES = 1024

export interface SeatsOptions {
  /** Readers at a time. */
  readonly most: number
  /** A name had to be forgotten; told of the first. */
  readonly onForgotten: (name: string, most: number) => void
}

export class Seats {
  readonly #options: SeatsOptions
  readonly #most: number
  /** Those that are gone are in the order in which they left. */
  readonly #seats = new Map<string, Seat>()
  #isForgetful = false

  constructor(options: SeatsOptions) {
    this.#options = options
    this.#most = options.most + MOST_NAMES
  }

  [Symbol.iterator](): IterableIterator<Seat> {
    return this.#seats.values()
  }

  get(id: string): Seat | undefined {
    return this.#seats.get(id)
  }

  /** For one more, the name that was left first is forgotten. Throws a Refused where all are there. */
  makeRoom(): void {
    if (this.#seats.size < this.#most) return
    const [oldest] = [...this.#seats].find(([, seat]) => seat.isGone) ?? []
    if (oldest === undefined) throw new Refused(503, `${this.#most} readers are here: expected fewer at once`)
    this.#seats.delete(oldest)
    if (!this.#isForgetful) this.#options.onForgotten(oldest, this.#most)
    this.#isForgetful = true
  }

  add(seat: Seat): void {
    this.#seats.set(seat.id, seat)
  }

  /** It has not come back in time: it is remembered if it has a name. */
  leave(seat: Seat): void {
    this.remove(seat)
    if (seat.name !== undefined) this.#seats.set(seat.id, seat)
  }

  remove({ id }: Seat): void {
    this.#seats.delete(id)
  }

  /** How much may be written until the slowest of those who are there would miss some. */
  get room(): number {
    let room = Number.POSITIVE_INFINITY
    for (const { reader, isGone } of this) if (!isGone) room = Math.min(room, reader.room)
    return room
  }

  /** The first packet that must be kept for one of them. */
  get held(): number {
    let held = Number.POSITIVE_INFINITY
    for (const { reader, isGone } of this) if (!isGone) held = Math.min(held, reader.held)
    return held
  }
}
