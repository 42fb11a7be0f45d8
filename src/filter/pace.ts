// Original timing: hands packets on when their timestamps say so, at any speed, without drift.

import { setTimeout as pause } from 'node:timers/promises'
import type { Batch, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Source } from '../stream/step.ts'
import { timeOf } from './time.ts'

export interface PaceOptions {
  /** 1 is the original timing, 10 ten times as fast. */
  readonly speed: number
  readonly stop: AbortSignal
  /** Counts as `late` what is handed on more than `LATE_MS` after its time. */
  readonly count: StageCount
  readonly errors?: TimingErrors
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
  /** Resolves after so many milliseconds, or when stopped. */
  readonly wait?: (milliseconds: number, stop: AbortSignal) => Promise<void>
}

export const LATE_MS = 20
/** Timers hold no more than 24 days. */
const LONGEST_WAIT_MS = 86_400_000

/**
 * The first packet is due at once, each other one at its distance in time from the first: lateness of one does not
 * move the next. A packet whose timestamp lies before an earlier one's, or that has none, goes along with that one.
 */
export async function* pace(source: Source, options: PaceOptions): Source & AsyncGenerator<Batch> {
  const { speed, stop, count, errors, now = () => performance.now(), wait = sleep } = options
  let origin: { readonly time: number; readonly due: number } | undefined
  let due = 0
  for await (const batch of source) {
    let ready: Packet[] = []
    for (const packet of batch) {
      const time = timeOf(packet)
      if (!Number.isNaN(time)) {
        origin ??= { time, due: now() }
        due = Math.max(due, origin.due + (time - origin.time) / speed)
      }
      if (origin && due > now()) {
        if (ready.length > 0) yield ready
        ready = []
        while (!stop.aborted && due > now()) await wait(Math.min(due - now(), LONGEST_WAIT_MS), stop)
        if (stop.aborted) return
      }
      const late = origin ? now() - due : 0
      if (late > LATE_MS) count.late++
      errors?.add(late)
      ready.push(packet)
    }
    if (ready.length > 0) yield ready
  }
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal }).catch(() => {})
}

/** Steps of a tenth of a power of two: percentiles within 7 percent, in constant memory. */
const STEPS = 10
const SMALLEST_MS = 0.001
const BINS = 40 * STEPS

/** How far from their time packets were handed on. */
export class TimingErrors {
  readonly #bins = new Uint32Array(BINS)
  #total = 0
  #largest = 0

  add(milliseconds: number): void {
    const bin = Math.ceil(Math.log2(Math.max(milliseconds, SMALLEST_MS) / SMALLEST_MS) * STEPS)
    const index = Math.min(bin, BINS - 1)
    this.#bins[index] = (this.#bins[index] ?? 0) + 1
    this.#total++
    this.#largest = Math.max(this.#largest, milliseconds)
  }

  get largest(): number {
    return this.#largest
  }

  /** The error in milliseconds that `fraction` of the packets did not exceed. */
  percentile(fraction: number): number {
    let left = Math.ceil(this.#total * fraction)
    for (const [index, number] of this.#bins.entries()) {
      left -= number
      if (number > 0 && left <= 0) return Math.min(SMALLEST_MS * 2 ** (index / STEPS), this.#largest)
    }
    return 0
  }
}
