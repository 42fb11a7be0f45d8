// Long stretches of work, cut so that timers, signals and connections have their turn.

import { setImmediate as afterEvents } from 'node:timers/promises'
import { now } from '../timer.ts'

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
