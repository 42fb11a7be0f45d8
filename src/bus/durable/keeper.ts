// What is published goes into the journal here; publishers are told when it is kept there, and wait while too much is not yet.

import type { CarrierError } from '../../errors.ts'
import type { Journal } from '../../journal/journal.ts'
import type { RecordMarks } from '../../journal/record.ts'
import type { Run } from '../run.ts'

/** Told that all is kept up to where it waits for, or why it is not. */
export type Kept = (refusal?: CarrierError) => void

interface Waiting {
  readonly until: number
  readonly act: Kept
}

/** Neighbours in one buffer, with the same marks. */
interface OpenRun {
  readonly buffer: Buffer
  readonly start: number
  end: number
  packets: number
  readonly marks: RecordMarks | undefined
}

export interface KeeperEvents {
  readonly onKept?: () => void
  /** The disk is full. */
  readonly onRefused?: (error: CarrierError) => void
  /** What is retained changes. */
  readonly onRetained?: () => void
}

export class Keeper {
  readonly journal: Journal
  readonly #events: KeeperEvents
  #open: OpenRun | undefined
  #hasMore = false
  /** In the order of their offsets. */
  #waiting: Waiting[] = []
  #head = 0
  #roomless: (() => void)[] = []

  constructor(journal: Journal, events: KeeperEvents = {}) {
    this.journal = journal
    this.#events = events
    journal.onKept(kept => {
      this.#kept(kept)
      events.onKept?.()
    })
    journal.onRefused(error => {
      events.onRefused?.(error)
      this.#refused(error)
    })
  }

  /** Nothing more is kept, for good. */
  fail(error: CarrierError): void {
    this.#refused(error)
  }

  get isFull(): boolean {
    return this.journal.isFull
  }

  /** Called once, when there is room again. */
  onRoom(act: () => void): void {
    this.#roomless.push(act)
  }

  /** Neighbours go into the journal together, with `settle`. */
  add(run: Run, retain: boolean | undefined): void {
    const open = this.#open
    if (open?.buffer === run.buffer && open.end === run.start && isLike(open.marks, run, retain)) {
      open.end = run.end
      open.packets += run.packets
      return
    }
    this.#append()
    if (retain) this.#events.onRetained?.()
    const { buffer, start, end, packets } = run
    this.#open = { buffer, start, end, packets, marks: marksOf(run, retain) }
  }

  /** Ends a cut of what came: the offset after it, if anything of it is to be kept. */
  settle(): number | undefined {
    this.#append()
    if (!this.#hasMore) return undefined
    this.#hasMore = false
    return this.journal.next
  }

  /** What is retained of a topic is forgotten, also after a restart: the offset after that. */
  forget(topic: string): number {
    this.#append()
    this.#events.onRetained?.()
    return this.journal.append(NOTHING, 1, { forget: topic }) + 1
  }

  /** Calls `act` once, when all before the offset, the last that was given, is kept or cannot be. */
  whenKept(until: number, act: Kept): void {
    const { kept, failure } = this.journal
    if (until <= kept) act()
    else if (failure) act(failure)
    else this.#waiting.push({ until, act })
  }

  #append(): void {
    const open = this.#open
    if (!open) return
    this.#open = undefined
    this.#hasMore = true
    const { buffer, start, end, packets, marks } = open
    this.journal.append(buffer.subarray(start, end), packets, marks)
  }

  #kept(kept: number): void {
    for (let next = this.#waiting[this.#head]; next && next.until <= kept; next = this.#waiting[this.#head]) {
      this.#head++
      next.act()
    }
    if (this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    if (!this.isFull) this.#giveRoom()
  }

  #refused(error: CarrierError): void {
    const waiting = this.#waiting.slice(this.#head)
    this.#waiting = []
    this.#head = 0
    for (const { act } of waiting) act(error)
    this.#giveRoom()
  }

  #giveRoom(): void {
    if (this.#roomless.length === 0) return
    const roomless = this.#roomless
    this.#roomless = []
    for (const act of roomless) act()
  }
}

const NOTHING = Buffer.alloc(0)

function isLike(marks: RecordMarks | undefined, run: Run, retain: boolean | undefined): boolean {
  return (
    (marks?.again ?? false) === (run.marks?.again ?? false) &&
    (marks?.expires ?? Number.POSITIVE_INFINITY) === run.expires &&
    (marks?.retain ?? false) === (retain ?? false)
  )
}

function marksOf({ marks, expires }: Run, retain: boolean | undefined): RecordMarks | undefined {
  const isPlain = !marks?.again && expires === Number.POSITIVE_INFINITY && !retain
  if (isPlain) return undefined
  return {
    ...(marks?.again && { again: true }),
    ...(expires !== Number.POSITIVE_INFINITY && { expires }),
    ...(retain && { retain }),
  }
}
