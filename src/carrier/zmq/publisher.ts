// Publishing: every subscriber gets what it asked for, through an outbox of its own.

import type { Batch } from '../../packet.ts'
import type { PeerReports } from '../../stream/ledger.ts'
import { encodeClear } from '../../zmtp/frame.ts'
import { Refused } from '../../zmtp/mechanism.ts'
import type { Subscription } from '../../zmtp/received.ts'
import { Subscriptions } from '../../zmtp/subscriptions.ts'
import { Departed } from './departed.ts'
import { type Distribution, type DistributionOptions, lostOf, NO_READER, type Peer } from './distribution.ts'
import type { LinkUser } from './link.ts'
import { Outbox } from './outbox.ts'
import { outgoing } from './outgoing.ts'

interface Subscriber {
  readonly peer: Peer
  readonly outbox: Outbox
  readonly subscriptions: Subscriptions
}

/** What waits for a subscriber that leaves is no loss: nobody wants it any more. */
const LEFT = 'reader left'

export class Publisher implements Distribution {
  readonly #options: DistributionOptions
  readonly #subscribers = new Set<Subscriber>()
  readonly #departed = new Departed()
  #isClosed = false

  constructor(options: DistributionOptions) {
    this.#options = options
  }

  get size(): number {
    let size = 0
    for (const { subscriptions } of this.#subscribers) if (!subscriptions.isEmpty) size++
    return size
  }

  join(peer: Peer): LinkUser {
    const outbox = new Outbox(peer, this.#options)
    const subscriber = { peer, outbox, subscriptions: new Subscriptions() }
    this.#subscribers.add(subscriber)
    return {
      subscriptions: changes => this.#change(subscriber, changes),
      flushed: () => outbox.flushed(),
      over: () => this.#leave(subscriber),
    }
  }

  offer(batch: Batch): void {
    const { make, total } = this.#options
    total.in += batch.length
    const all = outgoing(batch, make, encodeClear)
    let readers = 0
    for (const { outbox, subscriptions } of this.#subscribers) {
      if (subscriptions.isEmpty) continue
      readers++
      outbox.offer(subscriptions.all ? all : all.filter(message => subscriptions.wants(message)))
    }
    if (readers === 0) total.drop(NO_READER, batch.length)
  }

  /** Waits for the slowest. */
  room(): Promise<void> | undefined {
    const waiting: Promise<void>[] = []
    for (const { outbox } of this.#subscribers) {
      const room = outbox.room()
      if (room) waiting.push(room)
    }
    return waiting.length > 0 ? Promise.all(waiting).then(() => this.room()) : undefined
  }

  drained(): Promise<unknown> | undefined {
    const waiting = [...this.#subscribers].flatMap(({ outbox }) => outbox.drained() ?? [])
    return waiting.length > 0 ? Promise.all(waiting) : undefined
  }

  close(reason: string, milliseconds: number): Promise<unknown> {
    this.#isClosed = true
    const hangingUp = [...this.#subscribers].map(({ peer, outbox }) => {
      const { pending } = outbox.counts
      outbox.close(reason)
      if (pending === 0) return peer.hangUp(milliseconds)
      peer.cut()
      return undefined
    })
    return Promise.all(hangingUp)
  }

  cut(): void {
    for (const { peer } of this.#subscribers) peer.cut()
  }

  reports(): PeerReports {
    return this.#departed.and([...this.#subscribers].map(({ peer, outbox }) => [peer.name, outbox.counts]))
  }

  #change({ peer, subscriptions }: Subscriber, changes: readonly Subscription[]): void {
    const before = subscriptions.isEmpty
    try {
      for (const { subscribe, prefix } of changes) {
        if (subscribe) subscriptions.subscribe(prefix)
        else subscriptions.cancel(prefix)
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      peer.fail(new Refused(error.reason, { source: peer.name }))
      return
    }
    if (before && !subscriptions.isEmpty) this.#options.joined()
    if (!before && subscriptions.isEmpty) this.#options.left?.()
  }

  #leave(subscriber: Subscriber): void {
    const { peer, outbox } = subscriber
    this.#subscribers.delete(subscriber)
    this.#options.left?.()
    const lost = lostOf(outbox.counts)
    outbox.close(LEFT, { wanted: false })
    this.#departed.add(peer.name, outbox.counts)
    if (lost > 0 && !this.#isClosed) this.#options.warn(`${peer.name} left: it was too slow for ${lost} packets`)
  }
}
