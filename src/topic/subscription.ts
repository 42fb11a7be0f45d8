// A subscription as its subscriber announces it again and again, and as publishers remember it.

/** Milliseconds from one announcement to the next. */
export const ANNOUNCED_EVERY_MS = 30_000

/** Announcements that have to be missing before a publisher takes the subscriber for gone. */
const MISSED = 4

export interface Announcement {
  /** A UUID: what is sent for the subscription bears it. */
  readonly id: string
  readonly dataset: string
  /** Milliseconds to the next one. */
  readonly every: number
  /** Whether a snapshot is wanted also from publishers that have sent one. */
  readonly again: boolean
}

/** The subscriber's side. It never ends of itself: publishers may come at any time. */
export class Subscription {
  readonly id: string
  readonly dataset: string
  readonly #every: number
  #due = Number.NEGATIVE_INFINITY

  constructor({ id, dataset, every = ANNOUNCED_EVERY_MS }: { id: string; dataset: string; every?: number }) {
    this.id = id
    this.dataset = dataset
    this.#every = every
  }

  /** When the next announcement is to be made: at once for the first. */
  get due(): number {
    return this.#due
  }

  /** The announcement, where it is time for one. */
  announce(now: number): Announcement | undefined {
    if (now < this.#due) return undefined
    this.#due = now + this.#every
    return { id: this.id, dataset: this.dataset, every: this.#every, again: false }
  }

  /** An announcement out of turn, to a publisher whose snapshot is wanted once more. */
  askAgain(): Announcement {
    return { id: this.id, dataset: this.dataset, every: this.#every, again: true }
  }

  /** The next announcement is due now: a broker was lost and found. */
  hurry(): void {
    this.#due = Number.NEGATIVE_INFINITY
  }
}

interface Known<Subscriber> {
  subscriber: Subscriber
  dataset: string
  gone: number
}

/** The publisher's side: who is to be told of each dataset. */
export class Subscribers<Subscriber> {
  readonly #known = new Map<string, Known<Subscriber>>()
  readonly #datasets = new Map<string, Set<string>>()

  /** Whether the subscriber has to be sent a snapshot: the first time, when it asks, when it moved to another dataset. */
  take(announcement: Announcement, subscriber: Subscriber, now: number): boolean {
    const { id, dataset, every, again } = announcement
    const known = this.#known.get(id)
    if (known && known.dataset !== dataset) this.remove(id)
    const isNew = known?.dataset !== dataset
    this.#known.set(id, { subscriber, dataset, gone: now + every * MISSED })
    const ids = this.#datasets.get(dataset)
    if (ids) ids.add(id)
    else this.#datasets.set(dataset, new Set([id]))
    return isNew || again
  }

  /** Subscription and subscriber, for everyone who is to be told. */
  *of(dataset: string): Generator<readonly [id: string, subscriber: Subscriber]> {
    for (const id of this.#datasets.get(dataset) ?? []) {
      const known = this.#known.get(id)
      if (known) yield [id, known.subscriber]
    }
  }

  /** Whether anybody is to be told: where nobody is, a publisher need not work. */
  has(dataset: string): boolean {
    return this.#datasets.has(dataset)
  }

  /** Whether it was known. A subscription that was removed may come back. */
  remove(id: string): boolean {
    const known = this.#known.get(id)
    if (!known) return false
    this.#known.delete(id)
    const ids = this.#datasets.get(known.dataset)
    ids?.delete(id)
    if (ids?.size === 0) this.#datasets.delete(known.dataset)
    return true
  }

  /** Removes those whose announcements stopped coming, and says which. */
  expire(now: number): readonly string[] {
    const gone = [...this.#known].filter(([, known]) => known.gone <= now).map(([id]) => id)
    for (const id of gone) this.remove(id)
    return gone
  }
}
