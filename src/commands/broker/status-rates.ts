// Rates from two states of a broker, one after the other.

import type { Batch, Json, JsonObject } from '../../packet.ts'
import { packet } from '../../packet.ts'

const COUNTS = ['received', 'sent', 'dropped'] as const

interface Seen {
  readonly at: number
  readonly counts: Readonly<Record<string, number>>
}

export class StatusRates {
  #seen = new Map<string, Seen>()

  /** Adds `received_per_second` and so on to what was there before, too. `now`: milliseconds. */
  push(batch: Batch, now: number): Batch {
    const seen = new Map<string, Seen>()
    const out = batch.map(({ meta }) => {
      const key = `${meta['kind']} ${meta['client'] ?? meta['group'] ?? ''}`
      const counts = Object.fromEntries(COUNTS.map(name => [name, total(meta[name])]))
      seen.set(key, { at: now, counts })
      const before = this.#seen.get(key)
      return before ? packet({ ...meta, ...ratesOf(before, { at: now, counts }) }) : packet(meta)
    })
    this.#seen = seen
    return out
  }
}

function ratesOf(before: Seen, after: Seen): JsonObject {
  const seconds = (after.at - before.at) / 1000
  const rates = COUNTS.map(name => {
    const more = (after.counts[name] ?? 0) - (before.counts[name] ?? 0)
    return [`${name}_per_second`, Math.round(more / seconds)] as const
  })
  return Object.fromEntries(rates)
}

/** A count, or counts by reason. */
export function total(value: Json | undefined): number {
  if (typeof value === 'number') return value
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 0
  return Object.values(value).reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0)
}
