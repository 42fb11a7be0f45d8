// The simulated network: so many messages in flight at once over all sensors together, fair to each. No I/O.

import type { Random } from '../random.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Policy } from '../stream/policy.ts'
import { Door } from './door.ts'
import { FaultDice, type Faults, ofNetwork } from './faults.ts'
import { Flight } from './flight.ts'
import type { Piece } from './pieces.ts'

export interface NetworkOptions {
  readonly names: readonly string[]
  /** Messages in flight at once. */
  readonly limit: number
  /** Milliseconds that a message is in flight; with 0 it is until the output takes it. */
  readonly latency: number
  readonly policy: Policy
  /** Messages that may wait at each sensor's door. */
  readonly buffer: number
  /** Messages travel by their time on the schedule, those of the same time by the sensor's index, whenever they come. */
  readonly ordered: boolean
  /** After so many messages the network takes no more. */
  readonly total: number
  readonly faults: Faults
  /** A stream of random numbers for each sensor. */
  readonly random: (sensor: number) => Random
  /** Counts what comes in, goes out and is dropped; `peak` is the most that were in flight. */
  readonly count: StageCount
  /** Counts what was done on request. */
  readonly injected: StageCount
}

export class Network {
  readonly #options: NetworkOptions
  readonly #doors: readonly Door[]
  readonly #dice: readonly FaultDice[]
  readonly #faulty: boolean
  readonly #flight = new Flight()
  readonly #downUntil: number[]
  /** Duplicates on their way: they go before anything else. */
  #again: Piece[] = []
  #turn = 0
  #left: number
  #freed = Number.NEGATIVE_INFINITY
  #taken = 0

  constructor(options: NetworkOptions) {
    const { names, policy, buffer, count, faults, random } = options
    this.#options = options
    this.#doors = names.map((name, sensor) => new Door({ sensor, name, policy, buffer, count }))
    this.#faulty = ofNetwork(faults) > 0
    this.#dice = names.map((_, sensor) => new FaultDice(faults, random(sensor)))
    this.#downUntil = names.map(() => Number.NEGATIVE_INFINITY)
    this.#left = options.total
  }

  /** Messages of a sensor arrive at its door. */
  offer(piece: Piece): void {
    const door = this.#doors[piece.sensor]
    if (door && this.#left > 0) door.offer(piece)
  }

  /** The sensor's later messages will not be due before this time. */
  promise(sensor: number, bound: number): void {
    const door = this.#doors[sensor]
    if (door && bound > door.bound) door.bound = bound
  }

  end(sensor: number): void {
    const door = this.#doors[sensor]
    if (door) door.ended = true
  }

  /** Whether this sensor has to wait. */
  full(sensor: number): boolean {
    return this.#doors[sensor]?.full ?? false
  }

  /** Enough has been taken: nothing more will be. */
  get satisfied(): boolean {
    return this.#left <= 0
  }

  /** All is delivered that ever will be. */
  get done(): boolean {
    return (
      this.#flight.empty &&
      this.#again.length === 0 &&
      (this.satisfied || this.#doors.every(door => door.ended && door.waiting === 0))
    )
  }

  /** Messages taken from each sensor are the fairness that tests look at; this is their sum. */
  get taken(): number {
    return this.#taken
  }

  /** When there will be more without anything else happening. */
  get due(): number {
    return this.#flight.due
  }

  /** The output is busy: the network fills up to its limit, the rest waits at the doors. */
  hold(now: number): void {
    while (this.#flight.count < this.#options.limit && this.#accept(now)) {}
  }

  /** What arrives by now, at most about so many messages, because the output has room for them. */
  take(now: number, room: number): readonly Piece[] {
    const { latency, limit, count, ordered } = this.#options
    const pieces: Piece[] = []
    let messages = 0
    const straight = latency === 0 && !this.#faulty && !ordered
    while (messages < room) {
      if (!this.#flight.empty && this.#flight.due <= now && this.#mayLand()) {
        this.#freed = Math.max(this.#freed, this.#flight.due)
        const piece = this.#flight.take()
        if (piece) pieces.push(piece)
        messages += piece?.count ?? 0
        continue
      }
      if (straight && this.#flight.empty) {
        messages += this.#passStraight(pieces, room - messages)
        break
      }
      if (this.#flight.count >= limit || !this.#accept(now)) break
    }
    if (this.done)
      for (const door of this.#doors) this.#announce(door, Number.POSITIVE_INFINITY, gap => pieces.push(gap))
    count.out += messages
    return pieces
  }

  /** With nothing to wait for, a message is delivered as soon as it is taken: whole runs pass unseen. */
  #passStraight(pieces: Piece[], room: number): number {
    const { limit, count } = this.#options
    const active = this.#doors.reduce((sum, door) => sum + (door.waiting > 0 ? 1 : 0), 0)
    const share = Math.max(1, Math.ceil(room / Math.max(1, active)))
    let messages = 0
    while (messages < room && this.#left > 0) {
      const door = this.#nextInTurn()
      if (door === undefined) break
      const most = Math.min(share, room - messages, this.#left)
      this.#announce(door, door.head?.seq ?? 0, gap => pieces.push(gap))
      const piece = door.take(most)
      if (piece === undefined) break
      pieces.push(piece)
      messages += piece.count
      this.#left -= piece.count
      this.#taken += piece.count
    }
    count.peak = Math.max(count.peak, Math.min(limit, messages))
    return messages
  }

  #nextInTurn(): Door | undefined {
    for (let step = 0; step < this.#doors.length; step++) {
      const door = this.#doors[this.#turn]
      this.#turn = (this.#turn + 1) % this.#doors.length
      if (door && door.waiting > 0) return door
    }
    return undefined
  }

  /** The door whose head is due first, if no other sensor can still come before it. */
  #nextInOrder(): Door | undefined {
    let first: Door | undefined
    let firstTime = Number.POSITIVE_INFINITY
    for (const door of this.#doors) {
      if (door.waiting === 0) continue
      const time = door.head?.time ?? 0
      if (first === undefined || time < firstTime) {
        first = door
        firstTime = time
      }
    }
    if (first === undefined) return undefined
    let before = true
    for (const door of this.#doors) {
      if (door === first) before = false
      else if (door.waiting === 0 && !door.ended) {
        if (door.bound < firstTime || (before && door.bound === firstTime)) return undefined
      }
    }
    return first
  }

  /** On the schedule, nothing lands while a message may still be taken that was due earlier. */
  #mayLand(): boolean {
    const { ordered, latency, limit } = this.#options
    const prompt = latency === 0 && !this.#faulty
    if (!ordered || prompt || this.#flight.count >= limit) return true
    const [again] = this.#again
    if (!again && this.satisfied) return true
    const next = again ?? this.#nextInOrder()?.head
    if (next) return this.#flight.due <= Math.max(next.time, this.#freed)
    return this.#flight.due <= this.#doors.reduce((least, door) => Math.min(least, earliest(door)), Infinity)
  }

  /** One message more in flight, unless its lot is never to arrive. False when there is none. */
  #accept(now: number): boolean {
    const { ordered, latency, count, faults } = this.#options
    const again = this.#again.shift()
    if (again) {
      this.#flight.add(again, (ordered ? Math.max(again.time, this.#freed) : now) + latency)
      return true
    }
    if (this.satisfied) return false
    const door = ordered ? this.#nextInOrder() : this.#nextInTurn()
    const piece = door?.take(1)
    if (door === undefined || piece === undefined) return false
    const time = ordered ? Math.max(piece.time, this.#freed) : now
    this.#announce(door, piece.seq, gap => this.#flight.add(gap, time + latency))
    this.#left--
    this.#taken++
    const fault = this.#faulty ? this.#faultOf(piece) : undefined
    if (fault !== undefined) this.#options.injected.inject(fault)
    if (fault === 'drop' || fault === 'disconnect') return true
    const late = fault === 'delay' ? faults.delay.milliseconds : 0
    const sent = fault === 'corrupt' ? (this.#dice[piece.sensor]?.corrupted(piece) ?? piece) : piece
    if (fault === 'duplicate') this.#again.push(piece)
    this.#flight.add(sent, time + latency + late)
    count.peak = Math.max(count.peak, this.#flight.count)
    return true
  }

  #faultOf({ sensor, time }: Piece): string | undefined {
    const drawn = this.#dice[sensor]?.draw()
    if (time < (this.#downUntil[sensor] ?? 0)) return 'disconnect'
    if (drawn === 'disconnect') this.#downUntil[sensor] = time + this.#options.faults.disconnect.milliseconds
    return drawn
  }

  #announce(door: Door, seq: number, tell: (gap: Piece) => void): void {
    const gap = door.gapBefore(seq)
    if (gap) tell(gap)
  }
}

/** The earliest time at which this door may still have a message. */
function earliest(door: Door): number {
  if (door.waiting > 0) return door.head?.time ?? 0
  return door.ended ? Number.POSITIVE_INFINITY : door.bound
}
