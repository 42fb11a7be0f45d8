// What a subscriber has of all publishers that feed its subscriptions: subscription, publisher, rows.

import type { Update } from './dataset.ts'
import { type Applied, PATIENCE_MS, Replica } from './replica.ts'

/** A snapshot that has to be asked for. */
export interface Want {
  readonly subscription: string
  readonly publisher: string
}

/** Asked for because the publisher is silent, or because an update of it is missing. */
export interface Due extends Want {
  readonly reason: 'silent' | 'missing'
}

export class Replicas {
  readonly #subscriptions = new Map<string, Map<string, Replica>>()
  readonly #patience: number

  /** Milliseconds that something missing is waited for. */
  constructor(patience = PATIENCE_MS) {
    this.#patience = patience
  }

  /** Whether of no publisher anything is known to be missing. */
  get areCurrent(): boolean {
    return [...this.#subscriptions.values()].every(publishers =>
      [...publishers.values()].every(({ isCurrent }) => isCurrent),
    )
  }

  /** Whether it is new. */
  subscribe(subscription: string): boolean {
    if (this.#subscriptions.has(subscription)) return false
    this.#subscriptions.set(subscription, new Map())
    return true
  }

  /** Forgets all that came for it. */
  unsubscribe(subscription: string): boolean {
    return this.#subscriptions.delete(subscription)
  }

  /** By the unique names of publishers; nothing where there is no such subscription. */
  of(subscription: string): ReadonlyMap<string, Replica> | undefined {
    return this.#subscriptions.get(subscription)
  }

  /**
   * What an update has changed, in order. Nothing where the subscription is not known: then the publisher has to be told
   * that it was given up.
   */
  take({ subscription, publisher }: Want, update: Update, now: number): readonly Applied[] | undefined {
    const publishers = this.#subscriptions.get(subscription)
    if (!publishers) return undefined
    const known = publishers.get(publisher)
    if (known) return known.take(update, now)
    const replica = new Replica(now, this.#patience)
    publishers.set(publisher, replica)
    return replica.take(update, now)
  }

  /** Forgets a publisher that will not come back. */
  forget({ subscription, publisher }: Want): boolean {
    return this.#subscriptions.get(subscription)?.delete(publisher) ?? false
  }

  /** The snapshots to ask for at this moment. */
  wants(now: number): readonly Due[] {
    const wants: Due[] = []
    for (const [subscription, publishers] of this.#subscriptions) {
      for (const [publisher, replica] of publishers) {
        const reason = replica.isSilent(now) ? 'silent' : 'missing'
        if (replica.wantsSnapshot(now)) wants.push({ subscription, publisher, reason })
      }
    }
    return wants
  }
}
