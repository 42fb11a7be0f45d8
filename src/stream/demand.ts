// Whether anybody takes what a sink is given, and inputs that are open only while somebody does.

import { type Batch, gapPacket } from '../packet.ts'
import type { Source } from './step.ts'

/** What a sink with readers of its own says of them. A sink that says nothing always takes. */
export interface Demand {
  readonly wanted: boolean
  /** Calls at each change of `wanted`, until the function that it returns is called. */
  onChange(act: () => void): () => void
}

class Listeners {
  readonly #acts = new Set<() => void>()

  readonly add = (act: () => void): (() => void) => {
    const own = () => act()
    this.#acts.add(own)
    return () => this.#acts.delete(own)
  }

  tell(): void {
    for (const act of [...this.#acts]) act()
  }
}

/** Demand by those that are there: readers, viewers, subscribers. */
export class Audience implements Demand {
  readonly #listeners = new Listeners()
  #present = 0
  readonly onChange = this.#listeners.add

  get wanted(): boolean {
    return this.#present > 0
  }

  /** Somebody has come; the function that is returned says, once or more often, that they have left. */
  enter(): () => void {
    let here = true
    if (this.#present++ === 0) this.#listeners.tell()
    return () => {
      if (!here) return
      here = false
      if (--this.#present === 0) this.#listeners.tell()
    }
  }
}

/** The demand of several sinks together: somebody wants it while one of them does. Without any, it is always wanted. */
export class JointDemand implements Demand {
  readonly #parts: Demand[] = []
  readonly #listeners = new Listeners()
  #always = false
  #told = true
  readonly onChange = this.#listeners.add

  get wanted(): boolean {
    return this.#always || this.#parts.length === 0 || this.#parts.some(({ wanted }) => wanted)
  }

  /** Nothing is what a sink says that always takes. */
  add(demand: Demand | undefined): void {
    if (demand) {
      this.#parts.push(demand)
      demand.onChange(() => this.#look())
    } else this.#always = true
    this.#look()
  }

  #look(): void {
    if (this.wanted === this.#told) return
    this.#told = this.wanted
    this.#listeners.tell()
  }
}

/** Who leaves and comes back within this time is not missed. */
export const HOLD_MS = 200

export interface OnDemandOptions {
  /** Where it is missing, always. */
  readonly demand: Demand | undefined
  /** Ends it, also while nobody wants it. */
  readonly stop: AbortSignal
  /** Milliseconds from when nobody wants it any more until it is closed; default: HOLD_MS. */
  readonly hold?: number
  /** Named by the record that says that something may be missing. */
  readonly stage: string
}

/**
 * Opened while it is wanted, closed by the signal it is given when it has not been for a while, opened again; ends when
 * what was opened ends by itself. What comes while nobody wants it is no loss: a gap record of no packets stands where
 * the stream goes on, so that nothing is computed across it.
 */
export async function* onDemand(
  open: (stop: AbortSignal) => Source,
  { demand, stop, hold = HOLD_MS, stage }: OnDemandOptions,
): AsyncGenerator<Batch> {
  for (let again = false; ; again = true) {
    await whenWanted(demand, stop)
    if (stop.aborted) return
    const closing = new AbortController()
    const forget = demand && closeUnwanted(demand, closing, hold)
    let announced = !again
    try {
      for await (const batch of open(AbortSignal.any([stop, closing.signal]))) {
        if (!announced) yield [gapPacket({ lost: 0, reason: 'not wanted', stage })]
        announced = true
        yield batch
      }
    } finally {
      forget?.()
    }
    if (!closing.signal.aborted) return
  }
}

function whenWanted(demand: Demand | undefined, stop: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (!demand || demand.wanted || stop.aborted) return resolve()
    const look = () => {
      if (!demand.wanted && !stop.aborted) return
      forget()
      stop.removeEventListener('abort', look)
      resolve()
    }
    const forget = demand.onChange(look)
    stop.addEventListener('abort', look)
  })
}

/** Returns the function that gives it up. */
function closeUnwanted(demand: Demand, closing: AbortController, hold: number): () => void {
  let timer: NodeJS.Timeout | undefined
  const look = () => {
    clearTimeout(timer)
    if (!demand.wanted) timer = setTimeout(() => closing.abort('not wanted'), hold)
  }
  const forget = demand.onChange(look)
  look()
  return () => {
    clearTimeout(timer)
    forget()
  }
}
