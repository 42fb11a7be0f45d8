// When a sensor ticks: the n-th tick is due at start + n · interval, so that no lateness adds up.

/** A tick is skipped when it is late by more than its interval, and by more than a busy machine explains. */
const PATIENCE_MS = 50

/** Messages of a sensor without an interval are this far apart where time is not the clock's. */
const FULL_SPEED_STEP = 1

export interface ScheduleOptions {
  /** Milliseconds since 1970: of the first tick on the schedule, and when that really is. */
  readonly start: number
  readonly realStart: number
  /** Milliseconds; 0 is as fast as possible. */
  readonly interval: number
  /** How much faster than the clock the schedule runs; Infinity does not wait at all. */
  readonly speed: number
}

export class Schedule {
  readonly #start: number
  readonly #realStart: number
  readonly #interval: number
  readonly #speed: number
  /** Of the schedule, never 0. */
  readonly step: number

  constructor({ start, realStart, interval, speed }: ScheduleOptions) {
    this.#start = start
    this.#realStart = realStart
    this.#interval = interval
    this.#speed = speed
    this.step = interval > 0 ? interval : FULL_SPEED_STEP
  }

  /** Nobody ever waits for a tick. */
  get unpaced(): boolean {
    return this.#interval === 0 || this.#speed === Number.POSITIVE_INFINITY
  }

  /** The time of tick n on the schedule. */
  time(tick: number): number {
    return this.#start + tick * this.step
  }

  /** When tick n really is due. */
  due(tick: number): number {
    return this.unpaced ? Number.NEGATIVE_INFINITY : this.#realStart + (tick * this.#interval) / this.#speed
  }

  /** When a time this many milliseconds after the start of the schedule really is. */
  realTime(after: number): number {
    return this.#realStart + after / this.#speed
  }

  /** What the schedule shows at this time; where nobody waits for it, it runs like the clock. */
  scheduledTime(now: number): number {
    const speed = this.#speed === Number.POSITIVE_INFINITY ? 1 : this.#speed
    return this.#start + (now - this.#realStart) * speed
  }

  /** How many ticks from this one on are too late to be made up for. */
  overdue(tick: number, now: number): number {
    if (this.unpaced) return 0
    const interval = this.#interval / this.#speed
    const late = now - this.due(tick)
    return late > Math.max(interval, PATIENCE_MS) ? Math.floor(late / interval) : 0
  }
}
