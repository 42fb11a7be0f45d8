// Rates from two states of a broker, one after the other.

import type { Batch, Json, JsonObject, Meta } from '../../packet.ts'
import { packet } from '../../packet.ts'

const COUNTS = ['received', 'sent', 'dropped'] as const

/** What is known of a client or the broker after two looks. */
export const RATES = COUNTS.map(name => `${name}_per_second`)

interface Seen {
  readonly at: number
  readonly meta: Meta
}

export class StatusRates {
  #seen = new Map<string, Seen>()

  /** Adds `received_per_second` and so on to what was there before, too. `now`: milliseconds. */
  push(batch: Batch, now: number): Batch {
    const seen = new Map<string, Seen>()
    const out = batch.map(({ meta }) => {
      const key = `${meta['kind']} ${meta['client'] ?? ''}`
      const after = { at: now, meta }
      seen.set(key, after)
      const before = this.#seen.get(key)
      return before ? packet({ ...meta, ...ratesOf(before, after) }) : packet(meta)
    })
    this.#seen = seen
    return out
  }
}

/** None of what is not counted, and of a count that has gone down, which belongs to somebody else of that name. */
function ratesOf(before: Seen, after: Seen): JsonObject {
  const seconds = (after.at - before.at) / 1000
  return Object.fromEntries(
    COUNTS.flatMap(name => {
      if (before.meta[name] === undefined || after.meta[name] === undefined) return []
      const more = total(after.meta[name]) - total(before.meta[name])
      return more < 0 ? [] : [[`${name}_per_second`, Math.round(more / seconds)]]
    }),
  )
}

/** A count, or counts by reason. */
export function total(value: Json | undefined): number {
  if (typeof value === 'number') return value
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 0
  return Object.values(value).reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0)
}
