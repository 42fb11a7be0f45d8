// Datasets as a subscriber has them: announced again and again, of as many publishers as there are, healed where updates miss.

import { makeIds } from '../id.ts'
import type { Batch, Json } from '../packet.ts'
import { packet } from '../packet.ts'
import type { Sink } from '../stream/step.ts'
import type { Applied } from '../topic/replica.ts'
import { Replicas } from '../topic/replicas.ts'
import { Subscription } from '../topic/subscription.ts'
import type { Bus, BusContext } from './bus.ts'
import { announcementPacket, readAnnouncement, readUpdate, type Told, withdrawalPacket } from './dataset-wire.ts'
import { REPLY } from './rights.ts'

/** How often is looked whether something is due. */
const LOOK_MS = 200

/** Where no publisher is there, the bus tells so, and the next announcement is made after this time. */
const LATER_MS = 500

export interface DatasetSubscriberOptions {
  /** Where publishers listen: one or many. */
  readonly address: string
  readonly dataset: string
  /** A UUID; default: a new one. */
  readonly id?: string
  /** Milliseconds between announcements. */
  readonly every?: number
  /** `changes`: a packet for each snapshot and delta; `state`: all rows of the publisher after each. */
  readonly as: 'changes' | 'state'
  readonly onReady?: () => void
}

/** Packets that tell what the publishers' rows are; see broker-sub(1). Ends when stopped, and withdraws the subscription. */
export async function* datasetSubscriber(
  bus: Bus,
  options: DatasetSubscriberOptions,
  context: BusContext,
): AsyncGenerator<Batch> {
  const ids = makeIds()
  const { address, dataset, id = ids(), every, as } = options
  const replyTo = `${REPLY}.${ids()}`
  const replicas = new Replicas()
  replicas.subscribe(id)
  const subscription = new Subscription({ id, dataset, ...(every !== undefined && { every }) })
  const sink = await bus.publish({ onReturned: batch => announcer.hurryLater(batch) }, context)
  const announcer = new Announcer({ address, replyTo, subscription, replicas, sink })
  let isBack = false
  const onReady = () => {
    announcer.hurry({ again: isBack })
    isBack = true
    options.onReady?.()
  }
  const looking = setInterval(() => announcer.look(), LOOK_MS)
  try {
    for await (const batch of bus.subscribe([replyTo], { onReady }, context)) {
      const out = batch.flatMap(({ meta }) => {
        const told = readUpdate(meta)
        if (!told) return []
        const applied = replicas.take(told, told.update, performance.now())
        if (!applied) announcer.withdraw(told.publisher, told.subscription)
        return (applied ?? []).map(change =>
          packetOf(told, change, as === 'state' ? rowsOf(replicas, told) : undefined),
        )
      })
      if (out.length > 0) yield out
    }
  } finally {
    clearInterval(looking)
    announcer.stop()
    announcer.withdraw(address, id)
    await sink.close()
  }
}

interface AnnouncerOptions {
  readonly address: string
  readonly replyTo: string
  readonly subscription: Subscription
  readonly replicas: Replicas
  readonly sink: Sink
}

class Announcer {
  readonly #options: AnnouncerOptions
  #later: NodeJS.Timeout | undefined
  #stopped = false
  #again = false
  #isThere = false

  constructor(options: AnnouncerOptions) {
    this.#options = options
  }

  /** Announces it now; `again`: what came while there was no connection was missed, so a snapshot is wanted of everybody. */
  hurry({ again = false } = {}): void {
    this.#isThere = true
    this.#again ||= again
    this.#options.subscription.hurry()
    this.look()
  }

  /** No publisher was there for these. */
  hurryLater(returned: Batch): void {
    if (this.#stopped) return
    this.#again ||= returned.some(({ meta }) => readAnnouncement(meta)?.again)
    this.#later ??= setTimeout(() => {
      this.#later = undefined
      this.hurry()
    }, LATER_MS)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#later)
  }

  /** Announces nothing before the answer can come. */
  look(): void {
    if (!this.#isThere) return
    const { address, replyTo, subscription, replicas } = this.#options
    const now = performance.now()
    const due = subscription.announce(now)
    if (due) {
      this.#write([announcementPacket(address, { ...due, again: this.#again, replyTo })])
      this.#again = false
    }
    for (const { publisher } of replicas.wants(now)) {
      this.#write([announcementPacket(publisher, { ...subscription.askAgain(), replyTo })])
    }
  }

  withdraw(address: string, id: string): void {
    this.#write([withdrawalPacket(address, id)])
  }

  #write(batch: Batch): void {
    // One small packet now and then: nobody waits for it.
    this.#options.sink.write(batch)?.catch(() => {})
  }
}

function rowsOf(replicas: Replicas, { subscription, publisher }: Told): readonly Json[] {
  return replicas.of(subscription)?.get(publisher)?.rows ?? []
}

function packetOf({ dataset, publisher }: Told, change: Applied, rows: readonly Json[] | undefined) {
  const { kind, seq } = change
  const head = { dataset, publisher, seq }
  if (rows) return packet({ ...head, rows })
  if (kind === 'snapshot') return packet({ ...head, rows: change.rows })
  return packet({ ...head, inserts: change.inserts, deletes: change.deletes })
}
