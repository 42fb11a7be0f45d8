// The log: every packet to every open store, where one dead store does not stop the others.

import { CarrierError, DataError, ReaderGone, UsageError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Ledger, StageCount } from '../stream/ledger.ts'
import type { Sink } from '../stream/step.ts'
import type { Store, SyncMode } from './store.ts'

export interface LogOptions {
  readonly ledger: Ledger
  readonly warn: (message: string) => void
  readonly sync: SyncMode
  /** A store that fails ends the run. */
  readonly strict?: boolean
  /**
   * The input waits for acknowledgements. One says that every store has the record, so a store that fails ends the
   * run here, too: the promise can no longer be kept, and the sender keeps what was not acknowledged.
   */
  readonly acknowledged?: boolean
}

interface Entry {
  readonly store: Store
  readonly count: StageCount
  /** The write or commit under way, so that a removed store is drained before it is closed. */
  busy: Promise<void> | undefined
  dead: boolean
}

/** With sync always a stream that never pauses is made durable each time so many packets have come. */
const MOST_PENDING = 1000

/** Stores may be added and removed while it runs. */
export class Log implements Sink {
  readonly #options: LogOptions
  #entries: Entry[] = []
  /** With sync always: packets written since the last commit. */
  #pending = 0
  #writes = 0
  #idle: NodeJS.Immediate | undefined
  /** A commit that nobody waits for. */
  #late: Promise<void> | undefined

  constructor(options: LogOptions) {
    this.#options = options
  }

  get stores(): readonly Store[] {
    return this.#entries.map(entry => entry.store)
  }

  /** From now on the store gets every packet. A store that is there already stays as it is. */
  add(store: Store): void {
    if (this.#entries.some(entry => entry.store === store)) return
    const count = this.#options.ledger.stage(store.name)
    this.#entries = [...this.#entries, { store, count, busy: undefined, dead: false }]
  }

  /** Ends a store: what was written is drained, then it is closed. A store that is not there is no error. */
  async remove(store: Store): Promise<void> {
    const entry = this.#entries.find(candidate => candidate.store === store)
    if (!entry) return
    if (this.#pending > 0) await this.commit()
    this.#entries = this.#entries.filter(other => other !== entry)
    await entry.busy
    await closeEntry(entry)
  }

  async write(batch: Batch): Promise<void> {
    await this.#each((entry, previous) => {
      if (entry.dead) {
        entry.count.in += batch.length
        entry.count.drop('store failed', batch.length)
        return
      }
      const before = entry.count.in
      const failed = (error: unknown) => {
        if (entry.count.in === before) entry.count.in += batch.length
        this.#bury(entry, error)
      }
      return attempt(() => entry.store.write(batch), failed, previous)
    })
    if (this.#options.sync !== 'always') return
    this.#writes++
    this.#pending += batch.length
    if (this.#pending >= MOST_PENDING) await this.commit()
    else this.#idle ??= setImmediate(() => this.#whenIdle(undefined))
  }

  /** What is ready together becomes durable together: at once where one look for more input has found nothing. */
  #whenIdle(writes: number | undefined): void {
    this.#idle = undefined
    if (this.#pending === 0) return
    if (this.#writes === writes) {
      this.#late = this.commit().catch(error => {
        this.#failure ??= error
      })
    } else {
      const now = this.#writes
      this.#idle = setImmediate(() => this.#whenIdle(now))
    }
  }

  /** Resolves when every store has all that was written as durable as `--sync` says. */
  async commit(): Promise<void> {
    this.#pending = 0
    await this.#each((entry, previous) => {
      if (entry.dead) return
      return attempt(
        () => entry.store.commit?.(),
        error => this.#bury(entry, error),
        previous,
      )
    })
  }

  /** SIGHUP: each store that can closes its file and opens it, or its next name, again. */
  async reopen(): Promise<void> {
    if (this.#pending > 0) await this.commit()
    await this.#each((entry, previous) => {
      if (entry.dead) return
      return attempt(
        () => entry.store.reopen?.(),
        error => this.#bury(entry, error),
        previous,
      )
    })
  }

  async close(): Promise<void> {
    clearImmediate(this.#idle)
    await this.#late
    try {
      if (this.#pending > 0) await this.commit()
      this.#check()
    } finally {
      await this.#closeAll()
    }
  }

  async #closeAll(): Promise<void> {
    const entries = this.#entries
    this.#entries = []
    const closings = await Promise.allSettled(
      entries.map(async entry => {
        await entry.busy
        await closeEntry(entry)
      }),
    )
    for (const closing of closings) if (closing.status === 'rejected') throw closing.reason
  }

  /** Runs an action on every store at once; the failures that end the run are thrown when all are through. */
  async #each(action: (entry: Entry, previous: Promise<void> | undefined) => void | Promise<void>): Promise<void> {
    let waiting: Promise<void>[] | undefined
    for (const entry of this.#entries) {
      const done = action(entry, entry.busy)
      if (!done) continue
      const busy = done.finally(() => {
        if (entry.busy === busy) entry.busy = undefined
      })
      entry.busy = busy
      waiting ??= []
      waiting.push(busy)
    }
    if (waiting) await Promise.all(waiting)
    this.#check()
  }

  #failure: unknown

  #bury(entry: Entry, error: unknown): void {
    if (entry.dead) return
    entry.dead = true
    const { count, store } = entry
    const lost = unaccounted(count)
    if (lost > 0) count.drop('store failed', lost)
    const reason = error instanceof Error ? error.message : String(error)
    const failure = isOurs(error) ? error : new CarrierError(store.name, reason, { cause: error })
    const { strict, acknowledged, warn } = this.#options
    const others = this.#entries.some(other => !other.dead)
    // A reject that stops the run is not a store that failed.
    const fatal = error instanceof DataError || error instanceof UsageError
    if (strict || acknowledged || fatal || !others) this.#failure ??= failure
    else warn(`${failure.message}; the other stores go on without it`)
  }

  #check(): void {
    const failure = this.#failure
    if (failure === undefined) return
    // Thrown once: closing the log afterwards is not another failure.
    this.#failure = undefined
    throw failure
  }
}

function isOurs(error: unknown): error is Error {
  return [CarrierError, DataError, ReaderGone, UsageError].some(kind => error instanceof kind)
}

/** Synchronous as long as the store is: a promise is made only where there is something to wait for. */
function attempt(
  action: () => void | Promise<void>,
  failed: (error: unknown) => void,
  previous: Promise<void> | undefined,
): void | Promise<void> {
  if (previous) return previous.then(action).catch(failed)
  try {
    return action()?.catch(failed)
  } catch (error) {
    failed(error)
  }
}

/** What went into a store and did not come out as stored. */
function unaccounted(count: StageCount): number {
  let dropped = 0
  for (const number of count.dropped.values()) dropped += number
  return count.in - count.out - count.duplicate - dropped
}

async function closeEntry({ store, dead, count }: Entry): Promise<void> {
  try {
    await store.close()
  } catch (error) {
    // A dead store has been reported, and its losses are counted.
    if (dead) return
    const lost = unaccounted(count)
    if (lost > 0) count.drop('store failed', lost)
    throw error
  }
}
