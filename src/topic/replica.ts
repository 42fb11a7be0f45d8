// A dataset of one publisher as a subscriber has it: deltas in their order, and a new snapshot where one is missing.

import type { Json } from '../packet.ts'
import type { Delta, Snapshot, Update } from './dataset.ts'
import { rowKey } from './row.ts'

/** Milliseconds that a missing delta is waited for, and a publisher that says nothing. */
export const PATIENCE_MS = 10_000

/** Deltas that are held for one that is missing: with more, it is not waited for. */
const MOST_HELD = 1024

/** The epoch of a publisher that tells none: it begins anew where it counts from 0. */
export const UNTOLD = ''

/** What became of the rows: all anew, or a change. */
export type Applied = Snapshot | Delta

const NOTHING: readonly Applied[] = []

export class Replica {
  readonly #rows = new Map<string, Json>()
  readonly #held = new Map<number, Delta>()
  #epoch: string | undefined
  /** Of the last delta that the rows contain; nothing before the first snapshot. */
  #last: number | undefined
  /** Since when something is known to be missing. */
  #missingSince: number | undefined
  #heard: number
  /** Something is missing that waiting will not bring. */
  #urgent = false
  /** A life of the publisher that a snapshot was wanted of: once for each. */
  #foreign: string | undefined

  readonly #patience: number

  /** Times are milliseconds of a clock that does not step; there should have been a snapshot `patience` from `now`. */
  constructor(now: number, patience = PATIENCE_MS) {
    this.#patience = patience
    this.#heard = now
    this.#missingSince = now
  }

  get rows(): readonly Json[] {
    return [...this.#rows.values()]
  }

  /** Whether there was a snapshot, and nothing is known to be missing. */
  get isCurrent(): boolean {
    return this.#last !== undefined && this.#missingSince === undefined
  }

  /** Deltas that wait for an earlier one. */
  get held(): number {
    return this.#held.size
  }

  /** What the update, and those it was waited for, have changed, in order. */
  take(update: Update, now: number): readonly Applied[] {
    this.#heard = now
    if (update.seq === null) return this.#takeUncounted(update)
    if (update.kind === 'snapshot') return this.#reset(update, update.seq)
    if (this.#last === undefined) {
      if (update.kind === 'delta') this.#hold(update, update.seq)
      return NOTHING
    }
    if (update.epoch !== this.#epoch) return this.#wantForeign(update.epoch, now)
    if (update.kind === 'delta' && update.seq > this.#last) {
      this.#hold(update, update.seq)
      return this.#drain(now)
    }
    if (update.seq > this.#last) this.#missingSince ??= now
    else if (update.seq === this.#last && this.#held.size === 0) this.#missingSince = undefined
    return NOTHING
  }

  /** Whether the publisher has said nothing for too long. */
  isSilent(now: number): boolean {
    return now - this.#heard >= this.#patience
  }

  /** Whether a new snapshot has to be asked for; if so, it is not asked for again before long. */
  wantsSnapshot(now: number): boolean {
    const missing = this.#missingSince !== undefined && now - this.#missingSince >= this.#patience
    if (!missing && !this.#urgent && !this.isSilent(now)) return false
    this.#missingSince = now
    this.#heard = now
    this.#urgent = false
    return true
  }

  /** The publisher began anew: what it tells is worth nothing without a snapshot. */
  #wantForeign(epoch: string, now: number): readonly Applied[] {
    if (epoch !== this.#foreign) this.#urgent = true
    this.#foreign = epoch
    this.#missingSince ??= now
    return NOTHING
  }

  #takeUncounted(update: Update): readonly Applied[] {
    if (update.kind === 'heartbeat') return NOTHING
    if (update.kind === 'snapshot') {
      this.#replace(update)
      this.#last ??= 0
      this.#missingSince = undefined
    } else this.#apply(update)
    return [update]
  }

  #reset(snapshot: Snapshot, seq: number): readonly Applied[] {
    const { epoch } = snapshot
    const last = epoch === this.#epoch ? this.#last : undefined
    const isRestart = seq === 0 && epoch === UNTOLD
    if (last !== undefined && seq < last && !isRestart) return NOTHING
    if (seq === last && this.#held.size === 0) {
      this.#missingSince = undefined
      return NOTHING
    }
    this.#replace(snapshot)
    for (const [held, delta] of this.#held) {
      if (held <= seq || delta.epoch !== epoch || (isRestart && last !== undefined)) this.#held.delete(held)
    }
    this.#epoch = epoch
    this.#foreign = undefined
    this.#last = seq
    this.#missingSince = undefined
    return [snapshot, ...this.#drain(this.#heard)]
  }

  #hold(delta: Delta, seq: number): void {
    if (this.#held.size >= MOST_HELD && !this.#held.has(seq)) {
      this.#held.clear()
      this.#urgent = true
    }
    this.#held.set(seq, delta)
  }

  /** Applies what is held for as long as nothing is missing. */
  #drain(now: number): readonly Applied[] {
    const applied: Delta[] = []
    for (let next = (this.#last ?? 0) + 1; ; next++) {
      const delta = this.#held.get(next)
      if (!delta) break
      this.#held.delete(next)
      this.#apply(delta)
      this.#last = next
      applied.push(delta)
    }
    if (this.#held.size === 0) this.#missingSince = undefined
    else if (applied.length > 0) this.#missingSince = now
    else this.#missingSince ??= now
    return applied
  }

  #replace({ rows }: Snapshot): void {
    this.#rows.clear()
    for (const row of rows) this.#rows.set(rowKey(row), row)
  }

  #apply({ inserts, deletes }: Delta): void {
    for (const row of inserts) this.#rows.set(rowKey(row), row)
    for (const row of deletes) this.#rows.delete(rowKey(row))
  }
}
