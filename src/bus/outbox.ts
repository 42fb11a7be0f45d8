// The way out to one subscriber: what waits for it is sent as fast as its connection takes it.

import { packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { gathered } from './gathered.ts'
import type { InboxBounds } from './inbox-policy.ts'
import { type Form, packetRun, type Run } from './run.ts'
import type { SpillBounds } from './spill.ts'
import { Unacknowledged } from './unacknowledged.ts'
import { Waiting } from './waiting.ts'

/** The connection of a subscriber, as its outbox sees it. */
export interface Wire {
  /** Bytes written that the system has not taken yet; 0 when the next write may go out at once. */
  readonly waiting: number
  /** Whoever made the outbox calls `flush` when `waiting` has come down to 0. */
  write(chunks: readonly Uint8Array[]): void
}

/** `written` = `sent` + all of `dropped` + `pending`, at any time. */
export interface OutboxCounts {
  readonly written: number
  readonly sent: number
  readonly dropped: Readonly<Record<string, number>>
  readonly pending: number
}

/** Handed to the socket at once: what is there is no longer subject to the policy. */
const WRITE_BYTES = 256 * 1024
/** With `block`, so much may lie in the socket: nothing is dropped, so nothing is gained by holding it back. */
const AHEAD_BYTES = 1024 * 1024
/** Bytes of words for somebody who does not read them. */
const MOST_WORDS = 16 * 2 ** 20

export class Outbox {
  /** How the subscriber is spoken to. */
  form: Form = 'lines'
  readonly #wire: Wire
  readonly #total: StageCount
  readonly #waiting: Waiting
  readonly #dropped = new Map<string, number>()
  #unacknowledged: Unacknowledged | undefined
  #written = 0
  #sent = 0
  #inFlight = 0
  #closed = false
  #waiters: (() => void)[] = []

  /** `total`: of all subscribers. */
  constructor(wire: Wire, total: StageCount, spill?: SpillBounds) {
    this.#wire = wire
    this.#total = total
    this.#waiting = new Waiting((reason, run) => {
      this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + run.packets)
      total.drop(reason, run.packets)
      run.marks?.handed?.acknowledge()
    }, spill)
  }

  get bounds(): InboxBounds {
    return this.#waiting.bounds
  }

  set bounds(bounds: InboxBounds) {
    this.#waiting.bounds = bounds
  }

  get counts(): OutboxCounts {
    const pending = this.#waiting.packets + this.#inFlight
    return { written: this.#written, sent: this.#sent, dropped: Object.fromEntries(this.#dropped), pending }
  }

  /** Whether whoever writes to it should wait: never, unless it blocks. */
  get isJammed(): boolean {
    return this.#waiting.bounds.policy === 'block' && !this.#closed && this.#waiting.isFull
  }

  /** Whether a packet would wait without pushing out another. */
  get hasRoom(): boolean {
    return !this.#closed && !this.#waiting.isFull
  }

  /** From now on what is sent has to be acknowledged. */
  track(): void {
    this.#unacknowledged ??= new Unacknowledged(this.#sent + this.#inFlight)
  }

  /** So many packets since the connection began have been dealt with; false where so many were not sent. */
  acknowledge(count: number): boolean {
    return this.#unacknowledged?.acknowledge(count) ?? false
  }

  /** Called once, when it is no longer jammed, also because it has closed. */
  onRoom(act: () => void): void {
    this.#waiters.push(act)
  }

  /** Sends nothing yet: `flush` does, when all that has come together is here. */
  push(run: Run): void {
    if (this.#closed) return
    const own = run.as(this.form)
    this.#written += own.packets
    this.#waiting.push(own)
  }

  /** Says something that is no packet, after all that waits. False when far too much of that has not been read. */
  tell(words: Run): boolean {
    if (!this.#closed) this.#waiting.push(words)
    return this.#waiting.words <= MOST_WORDS
  }

  /** Writes as much as the connection takes at once. */
  flush(): void {
    if (this.#closed) return
    this.#settle()
    const ahead = this.#waiting.bounds.policy === 'block' ? AHEAD_BYTES : 1
    while (this.#wire.waiting < ahead) {
      const runs = this.#next()
      if (runs.length === 0) break
      for (const run of runs) {
        this.#inFlight += run.packets
        this.#unacknowledged?.sent(run)
        this.#total.bytes += run.length
      }
      this.#wire.write(gathered(runs))
      this.#settle()
    }
    this.#waiting.trim()
    this.#waiting.settle()
    if (this.#waiters.length > 0 && this.#waiting.packets <= this.#waiting.bounds.packets / 2) this.#wake()
  }

  /** Nothing goes out any more. */
  close(): void {
    this.#closed = true
    this.#waiting.clear()
    this.#wake()
  }

  #next(): readonly Run[] {
    if (this.#waiting.isEmpty) return NOTHING
    return withMarks(this.#waiting.take(WRITE_BYTES, this.form, Date.now()), this.form)
  }

  #settle(): void {
    if (this.#wire.waiting > 0) return
    this.#sent += this.#inFlight
    this.#total.out += this.#inFlight
    this.#inFlight = 0
  }

  #wake(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const act of waiters) act()
  }
}

const NOTHING: readonly Run[] = []

/** Before a run that may have come before, a word that says so. */
function withMarks(runs: readonly Run[], form: Form): readonly Run[] {
  if (!runs.some(({ marks }) => marks?.again)) return runs
  return runs.flatMap(run => {
    if (!run.marks?.again) return [run]
    return [packetRun(form, packet({ broker: { again: run.packets } }), 0), run]
  })
}
