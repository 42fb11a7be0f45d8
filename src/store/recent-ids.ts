// The ids of the records stored last, so that a packet that is sent again is stored once.

import type { Batch, Packet } from '../packet.ts'

/** At least so many ids are remembered: far more than a sender may have unacknowledged. */
export const RECENT_IDS = 65_536

/** Two generations: when the young one is full it becomes the old one, and the old one is forgotten. */
export class RecentIds {
  readonly window: number
  #young = new Set<string>()
  #old = new Set<string>()

  constructor(window = RECENT_IDS) {
    this.window = window
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id)
  }

  add(id: string): void {
    this.#young.add(id)
    if (this.#young.size < this.window) return
    this.#old = this.#young
    this.#young = new Set()
  }

  /** The packets whose id was not seen before, remembered from now on. A packet without an id is always fresh. */
  fresh(batch: Batch): Batch {
    let fresh: Packet[] | undefined
    for (const [index, packet] of batch.entries()) {
      const id = idOf(packet)
      if (id === undefined || !this.has(id)) {
        if (id !== undefined) this.add(id)
        fresh?.push(packet)
      } else fresh ??= batch.slice(0, index)
    }
    return fresh ?? batch
  }
}

/** The id as text. */
export function idOf({ meta }: Packet): string | undefined {
  const id = meta['id']
  if (typeof id === 'string') return id
  return id === undefined || id === null ? undefined : JSON.stringify(id)
}
