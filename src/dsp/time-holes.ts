// Where values are missing by their times: a distance much longer than the usual one.

import type { Meta } from '../packet.ts'
import { nanosecondsIn } from './sample-time.ts'

/** So many times the usual distance without a value is a hole. */
const SILENCE = 5
/** Distances that tell the usual one: few, so that a new interval is soon the usual one. */
const MOST = 15

export class TimeHoles {
  #last: bigint | undefined
  /** Nanoseconds, the oldest first. */
  readonly #distances: number[] = []

  /** Whether values are missing between the last one and this; times that do not go on say nothing of it. */
  isBefore(meta: Meta): boolean {
    const time = nanosecondsIn(meta)
    const last = this.#last
    this.#last = time
    if (time === undefined || last === undefined || time < last) return false
    const distance = Number(time - last)
    const isHole = distance >= SILENCE * this.#usual()
    this.#distances.push(distance)
    if (this.#distances.length > MOST) this.#distances.shift()
    return isHole
  }

  /** The median; none where most values share their times with others. */
  #usual(): number {
    const sorted = this.#distances.toSorted((a, b) => a - b)
    return sorted[sorted.length >> 1] || Number.POSITIVE_INFINITY
  }
}
