// Timers of any length: the system's own hold no more than 24 days, and a longer one would ring at once.

import { hrtime } from 'node:process'

/** Milliseconds; a timer of the system cannot be set further ahead than this. */
const LONGEST_MS = 2 ** 31 - 1

/** Milliseconds of a clock that only goes on. At a start, one in twenty would go into loading `performance`. */
export function now(): number {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}

/** Calls `act` once, so many milliseconds from now; with Infinity never. */
export class Timer {
  readonly #milliseconds: number
  readonly #act: () => void
  #due = 0
  #timeout: NodeJS.Timeout | undefined

  constructor(milliseconds: number, act: () => void) {
    this.#milliseconds = milliseconds
    this.#act = act
    this.restart()
  }

  /** From now on the whole time once more, also where it has rung or was stopped. */
  restart(): void {
    this.#due = now() + this.#milliseconds
    if (this.#timeout && this.#milliseconds <= LONGEST_MS) this.#timeout.refresh()
    else this.#wait(this.#milliseconds)
  }

  /** It may ring, but nothing stays alive for it. */
  unref(): void {
    this.#timeout?.unref()
  }

  stop(): void {
    clearTimeout(this.#timeout)
    this.#timeout = undefined
  }

  #wait(left: number): void {
    clearTimeout(this.#timeout)
    if (this.#milliseconds === Number.POSITIVE_INFINITY) return
    this.#timeout = setTimeout(() => this.#ring(), Math.min(left, LONGEST_MS))
  }

  #ring(): void {
    const left = this.#milliseconds <= LONGEST_MS ? 0 : this.#due - now()
    if (left > 0) this.#wait(left)
    else this.#act()
  }
}
