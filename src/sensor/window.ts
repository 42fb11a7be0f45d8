// How many messages one write may hand to the output: few while it is slow, many while it is quick.

/** A write that took longer than this found a slow output. */
const SLOW_MS = 2

/**
 * A message is in flight until the output has taken it, so a slow output never gets more than the network's limit at
 * once; each quick write doubles what the next may hold.
 */
export class Window {
  readonly #least: number
  readonly #most: number
  size: number

  constructor(least: number, most: number) {
    this.#least = least
    this.#most = Math.max(least, most)
    this.size = least
  }

  /** Told how long the output took to take a write. */
  settle(milliseconds: number): void {
    this.size = milliseconds > SLOW_MS ? this.#least : Math.min(this.#most, this.size * 2)
  }
}
