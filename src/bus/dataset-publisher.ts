// A dataset on a bus: its publisher keeps the state, tells it whole to whoever subscribes, and from then on what changes.

import { makeIds } from '../id.ts'
import type { Json, Packet } from '../packet.ts'
import { Ledger } from '../stream/ledger.ts'
import type { Sink } from '../stream/step.ts'
import { Dataset, type Update } from '../topic/dataset.ts'
import { Subscribers } from '../topic/subscription.ts'
import type { Bus, BusContext } from './bus.ts'
import { readAnnouncement, readWithdrawal, updatePacket } from './dataset-wire.ts'

/** Milliseconds between two words to a subscriber, where nothing changes. */
export const HEARTBEAT_MS = 3000

export interface DatasetPublisherOptions {
  /** Of this publisher alone. */
  readonly name: string
  /** Where announcements are expected, beside its name: others may listen there, too. */
  readonly addresses: readonly string[]
  readonly dataset: string
}

export class DatasetPublisher {
  readonly #bus: Bus
  readonly #options: DatasetPublisherOptions
  readonly #context: BusContext
  readonly #dataset = new Dataset(makeIds()())
  readonly #subscribers = new Subscribers<string>()
  readonly #closing = new AbortController()
  #sink: Sink | undefined
  #listening: Promise<void> | undefined
  #beating: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined

  constructor(bus: Bus, options: DatasetPublisherOptions, context: BusContext) {
    this.#bus = bus
    this.#options = options
    this.#context = context
  }

  /** Resolves when it can be subscribed to. */
  async open(): Promise<void> {
    this.#sink = await this.#bus.publish({}, this.#context)
    await new Promise<void>((resolve, reject) => {
      this.#listening = this.#listen(resolve).catch((error: unknown) => {
        reject(error)
        this.#closing.abort()
        throw error
      })
      this.#listening.catch(() => {})
    })
    this.#beating = setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  /** How many are told. */
  get subscribers(): number {
    return [...this.#subscribers.of(this.#options.dataset)].length
  }

  /** The rows are these from now on. */
  publish(rows: Iterable<Json>): void | Promise<void> {
    const delta = this.#dataset.publish(rows)
    if (delta) return this.#tellAll(delta)
  }

  /** These rows come and those go. */
  change(inserts: Iterable<Json>, deletes: Iterable<Json>): void | Promise<void> {
    const delta = this.#dataset.change(inserts, deletes)
    if (delta) return this.#tellAll(delta)
  }

  /** Resolves when it is stopped; rejects when it cannot be subscribed to any more. */
  async until(stop: AbortSignal): Promise<void> {
    const stopped = new Promise<void>(resolve => {
      stop.addEventListener('abort', () => resolve())
      if (stop.aborted) resolve()
    })
    await Promise.race([stopped, this.#listening])
  }

  async close(): Promise<void> {
    clearInterval(this.#beating)
    this.#closing.abort()
    await this.#listening
    await this.#writing
    await this.#sink?.close()
  }

  async #listen(onReady: () => void): Promise<void> {
    const { name, addresses } = this.#options
    let isBack = false
    const ready = () => {
      // What was told while there was no connection may be missed.
      if (isBack) this.#tellAll(this.#dataset.snapshot())
      isBack = true
      onReady()
    }
    const source = this.#bus.subscribe(
      [name, ...addresses],
      { name, onReady: ready, retained: false },
      // What is announced is announced again: none of it is lost.
      { ...this.#context, ledger: new Ledger(), stop: this.#closing.signal },
    )
    for await (const batch of source) for (const packet of batch) this.#hear(packet)
  }

  #hear({ meta }: Packet): void {
    const withdrawn = readWithdrawal(meta)
    if (withdrawn !== undefined) this.#subscribers.remove(withdrawn)
    const announced = readAnnouncement(meta)
    if (announced?.dataset !== this.#options.dataset) return
    const { id, replyTo } = announced
    if (this.#subscribers.take(announced, replyTo, performance.now())) this.#tell(id, replyTo, this.#dataset.snapshot())
  }

  #beat(): void {
    for (const id of this.#subscribers.expire(performance.now())) {
      this.#context.warn(`subscription ${id} is not announced any more`)
    }
    this.#tellAll(this.#dataset.heartbeat())
  }

  #tellAll(update: Update): void | Promise<void> {
    for (const [id, replyTo] of this.#subscribers.of(this.#options.dataset)) this.#tell(id, replyTo, update)
    return this.#writing
  }

  #tell(subscription: string, replyTo: string, update: Update): void {
    const { name: publisher, dataset } = this.#options
    const writing = this.#sink?.write([updatePacket(replyTo, { subscription, publisher, dataset, update })])
    // What the bus has no room for yet is waited for by whoever publishes next.
    if (writing) this.#writing = Promise.all([this.#writing, writing]).then(() => {})
  }
}
