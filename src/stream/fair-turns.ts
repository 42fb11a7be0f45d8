// Long stretches of work, cut so that timers, signals and connections have their turn.

import { hrtime } from 'node:process'
import { setImmediate as afterEvents } from 'node:timers/promises'

const TURN_MS = 10

export class FairTurns {
  #begun = now()

  /** To be awaited: a promise where the others have not had their turn for 10 ms, which they have before it resolves. */
  due(): Promise<void> | undefined {
    return now() - this.#begun > TURN_MS ? this.#rest() : undefined
  }

  async #rest(): Promise<void> {
    await afterEvents()
    this.#begun = now()
  }
}

/** Milliseconds. Every start has turns, and one in twenty of its own milliseconds would go into loading `performance`. */
function now(): number {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
