// The fault of a sensor that repeats itself: its value stands still while its ids and timestamps go on.

import type { Value } from '../probe/probe.ts'
import type { Random } from '../random.ts'

/** With this probability a reading is the first of `length` that repeat the one before. Plain data. */
export interface StuckFault {
  readonly probability: number
  readonly length: number
}

export class StuckValues {
  readonly #fault: StuckFault
  readonly #random: Random
  #last: Value | undefined
  #left = 0
  #count = 0

  constructor(fault: StuckFault, random: Random) {
    this.#fault = fault
    this.#random = random
  }

  /** Only numbers stand still: a reading with company may be one that has to be right, such as a checksum. */
  next(value: Value): Value {
    if (typeof value !== 'number') return value
    const fails = this.#random.fraction() < this.#fault.probability
    if (this.#left === 0 && fails && this.#last !== undefined) this.#left = this.#fault.length
    if (this.#left === 0 || this.#last === undefined) {
      this.#last = value
      return value
    }
    this.#left--
    this.#count++
    return this.#last
  }

  /** How many readings were stuck since the last question. */
  take(): number {
    const count = this.#count
    this.#count = 0
    return count
  }
}
