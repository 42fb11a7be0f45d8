// What a subscriber has of all publishers that feed its subscriptions: subscription, publisher, rows.

import type { Update } from './dataset.ts'
import { type Applied, Replica } from './replica.ts'

/** A snapshot that has to be asked for. */
export interface Want {
  readonly subscription: string
  readonly publisher: string
}

export class Replicas {
  readonly #subscriptions = new Map<string, Map<string, Replica>>()

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
    const replica = new Replica(now)
    publishers.set(publisher, replica)
    return replica.take(update, now)
  }

  /** Forgets a publisher that will not come back. */
  forget({ subscription, publisher }: Want): boolean {
    return this.#subscriptions.get(subscription)?.delete(publisher) ?? false
  }

  /** The snapshots to ask for at this moment. */
  wants(now: number): readonly Want[] {
    const wants: Want[] = []
    for (const [subscription, publishers] of this.#subscriptions) {
      for (const [publisher, replica] of publishers) {
        if (replica.wantsSnapshot(now)) wants.push({ subscription, publisher })
      }
    }
    return wants
  }
}
