// A publisher is not read from until all those that it fills have room again.

import type { Jam } from './exchange.ts'

/** What is held back. */
export interface Reading {
  pause(): void
  resume(): void
}

export class Hold {
  readonly #reading: Reading
  #jams = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  get isOn(): boolean {
    return this.#jams > 0
  }

  /** Until all of them, and those before, have room. */
  until(jams: readonly Jam[]): void {
    if (jams.length === 0) return
    if (this.#jams === 0) this.#reading.pause()
    this.#jams += jams.length
    for (const jam of jams) {
      jam.onRoom(() => {
        if (--this.#jams === 0) this.#reading.resume()
      })
    }
  }
}
