// A dataset as its publisher keeps it: a set of rows, told as a snapshot once and as deltas from then on.

import type { Json } from '../packet.ts'
import { rowKey } from './row.ts'

/** All rows. Whoever gets it forgets what it had. */
export interface Snapshot {
  readonly kind: 'snapshot'
  readonly epoch: string
  /** Of the last delta that it contains; 0 before the first. */
  readonly seq: number | null
  readonly rows: readonly Json[]
}

/** What has changed: all inserts, then all deletes. Never empty. */
export interface Delta {
  readonly kind: 'delta'
  readonly epoch: string
  /** One more than that of the delta before; null where the publisher does not count. */
  readonly seq: number | null
  readonly inserts: readonly Json[]
  readonly deletes: readonly Json[]
}

/** Sent now and then when nothing else is, so that a delta which was lost as the last one is missed. */
export interface Heartbeat {
  readonly kind: 'heartbeat'
  readonly epoch: string
  readonly seq: number | null
}

export type Update = Snapshot | Delta | Heartbeat

export class Dataset {
  readonly #epoch: string
  #rows = new Map<string, Json>()
  #seq = 0

  /** `epoch` tells this life of the publisher from those before: a new one counts from 0 again. */
  constructor(epoch: string) {
    this.#epoch = epoch
  }

  get size(): number {
    return this.#rows.size
  }

  /** The rows are these from now on. What is to be told; nothing if nothing has changed. */
  publish(rows: Iterable<Json>): Delta | undefined {
    const next = new Map<string, Json>()
    const inserts: Json[] = []
    for (const row of rows) {
      const key = rowKey(row)
      if (next.has(key)) continue
      // A copy: what the caller does with its row later is not in what is told.
      const kept = this.#rows.get(key) ?? copyOf(key)
      next.set(key, kept)
      if (!this.#rows.has(key)) inserts.push(kept)
    }
    const deletes: Json[] = []
    for (const [key, row] of this.#rows) if (!next.has(key)) deletes.push(row)
    this.#rows = next
    return this.#delta(inserts, deletes)
  }

  /** Some rows come and some go; one that does both goes. */
  change(inserts: Iterable<Json>, deletes: Iterable<Json>): Delta | undefined {
    const gone = new Set<string>()
    const deleted: Json[] = []
    for (const row of deletes) {
      const key = rowKey(row)
      gone.add(key)
      const kept = this.#rows.get(key)
      if (this.#rows.delete(key) && kept !== undefined) deleted.push(kept)
    }
    const inserted: Json[] = []
    for (const row of inserts) {
      const key = rowKey(row)
      if (gone.has(key) || this.#rows.has(key)) continue
      const kept = copyOf(key)
      this.#rows.set(key, kept)
      inserted.push(kept)
    }
    return this.#delta(inserted, deleted)
  }

  snapshot(): Snapshot {
    return { kind: 'snapshot', epoch: this.#epoch, seq: this.#seq, rows: [...this.#rows.values()] }
  }

  heartbeat(): Heartbeat {
    return { kind: 'heartbeat', epoch: this.#epoch, seq: this.#seq }
  }

  #delta(inserts: readonly Json[], deletes: readonly Json[]): Delta | undefined {
    if (inserts.length === 0 && deletes.length === 0) return undefined
    this.#seq++
    return { kind: 'delta', epoch: this.#epoch, seq: this.#seq, inserts, deletes }
  }
}

function copyOf(key: string): Json {
  return JSON.parse(key)
}
