// Datasets as a subscriber has them: announced again and again, of as many publishers as there are, healed where updates miss.

import { makeIds } from '../id.ts'
import type { Batch, Json } from '../packet.ts'
import { packet } from '../packet.ts'
import { Ledger } from '../stream/ledger.ts'
import type { Sink } from '../stream/step.ts'
import type { Applied } from '../topic/replica.ts'
import { PATIENCE_MS } from '../topic/replica.ts'
import { Replicas } from '../topic/replicas.ts'
import { Subscription } from '../topic/subscription.ts'
import { formatDuration } from '../units.ts'
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
  /** Milliseconds that a missing update is waited for, or any word of a publisher. */
  readonly patience?: number
  readonly onReady?: () => void
}

/** Packets that tell what the publishers' rows are; see broker-sub(1). Ends when stopped, and withdraws the subscription. */
export async function* datasetSubscriber(
  bus: Bus,
  options: DatasetSubscriberOptions,
  context: BusContext,
): AsyncGenerator<Batch> {
  const ids = makeIds()
  const { address, dataset, id = ids(), every, as, patience = PATIENCE_MS } = options
  const replyTo = `${REPLY}.${ids()}`
  const replicas = new Replicas(patience)
  replicas.subscribe(id)
  const subscription = new Subscription({ id, dataset, ...(every !== undefined && { every }) })
  const sink = await bus.publish({ onReturned: batch => announcer.hurryLater(batch) }, context)
  const failing = new AbortController()
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    // What could not be said before the end is no failure: nobody waits for it.
    if (!context.stop.aborted) failure ??= { error }
    failing.abort()
  }
  const announcer = new Announcer({
    address,
    replyTo,
    subscription,
    replicas,
    sink,
    patience,
    warn: context.warn,
    fail,
  })
  let isBack = false
  const onReady = () => {
    announcer.hurry({ again: isBack })
    isBack = true
    options.onReady?.()
  }
  // What is lost on the way is made good by a snapshot: only what was not is a loss.
  const way = new Ledger()
  const count = context.ledger.stage('input')
  const stop = AbortSignal.any([context.stop, failing.signal])
  const looking = setInterval(() => announcer.look(), LOOK_MS)
  try {
    for await (const batch of bus.subscribe([replyTo], { onReady }, { ...context, stop, ledger: way })) {
      count.in += batch.length
      const out = batch.flatMap(({ meta }) => {
        const told = readUpdate(meta)
        if (!told) return []
        announcer.heard(told.publisher)
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
    if (way.lost > 0 && !replicas.areCurrent) context.ledger.stage('broker').drop('not made good', way.lost)
    announcer.withdraw(address, id)
    await sink.close().catch(fail)
  }
  if (failure) throw failure.error
}

interface AnnouncerOptions {
  readonly address: string
  readonly replyTo: string
  readonly subscription: Subscription
  readonly replicas: Replicas
  readonly sink: Sink
  readonly patience: number
  readonly warn: (message: string) => void
  readonly fail: (error: unknown) => void
}

class Announcer {
  readonly #options: AnnouncerOptions
  #later: NodeJS.Timeout | undefined
  #stopped = false
  #again = false
  #isThere = false
  /** Publishers that were asked and have said nothing since. */
  readonly #silent = new Set<string>()

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

  heard(publisher: string): void {
    this.#silent.delete(publisher)
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
    for (const { publisher, reason } of replicas.wants(now)) {
      this.#tell(publisher, reason)
      this.#write([announcementPacket(publisher, { ...subscription.askAgain(), replyTo })])
    }
  }

  withdraw(address: string, id: string): void {
    this.#write([withdrawalPacket(address, id)])
  }

  /** Once for each silence. */
  #tell(publisher: string, reason: 'silent' | 'missing'): void {
    const { warn, patience } = this.#options
    const time = formatDuration(patience)
    if (reason === 'missing') warn(`${publisher}: an update is missing, a snapshot is asked for`)
    else if (!this.#silent.has(publisher)) warn(`${publisher}: not heard of for ${time}, a snapshot is asked for`)
    this.#silent.add(publisher)
  }

  #write(batch: Batch): void {
    const { sink, fail } = this.#options
    // One small packet now and then: nobody waits for it, but it may be refused.
    void (async () => {
      await sink.write(batch)
      await sink.commit?.()
    })().catch(fail)
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
