// All consumers that the broker remembers, by their names.

import type { Journal } from '../../journal/journal.ts'
import type { Positions } from '../../journal/positions.ts'
import type { JsonObject } from '../../packet.ts'
import { BadRequest, type From } from '../control.ts'
import { Consumer } from './consumer.ts'

const MOST_CONSUMERS = 10_000
const LONGEST_NAME = 255

export class Consumers {
  readonly #journal: Journal
  readonly #positions: Positions
  readonly #warn: (message: string) => void
  /** Of the journal when it was opened: what is before it may have been delivered. */
  readonly #start: number
  readonly #open = new Map<string, Promise<Consumer>>()
  readonly #known = new Map<string, Consumer>()

  constructor(journal: Journal, positions: Positions, warn: (message: string) => void) {
    this.#journal = journal
    this.#positions = positions
    this.#warn = warn
    this.#start = journal.next
    // What a power cut took from the journal is there no more.
    for (const [name, { offset }] of positions.consumers) {
      if (offset > journal.next) positions.set(name, { offset: journal.next })
    }
  }

  /** The consumer of that name; one that is new begins at `from`, or with what comes. */
  async get(name: string, patterns: readonly string[], from: From | undefined): Promise<Consumer> {
    if (name === '' || Buffer.byteLength(name) > LONGEST_NAME) {
      throw new BadRequest(`durable: expected a name of 1 to ${LONGEST_NAME} bytes`)
    }
    const known = this.#open.get(name)
    const opening = known ?? this.#make(name, from)
    if (!known) {
      this.#open.set(name, opening)
      opening.catch(() => this.#open.delete(name))
    }
    const consumer = await opening
    const fault = consumer.fault(patterns)
    if (fault !== undefined) throw new BadRequest(fault)
    return consumer
  }

  /** No more is delivered. */
  close(): void {
    for (const consumer of this.#known.values()) consumer.close()
  }

  remove(name: string): boolean {
    const consumer = this.#known.get(name)
    if (consumer && consumer.followers > 0)
      throw new BadRequest(`forget: the consumer '${name}' has ${consumer.followers} members`)
    if (this.#positions.get(name) === undefined) return false
    this.#open.delete(name)
    this.#known.delete(name)
    this.#positions.remove(name)
    return true
  }

  *status(): Generator<JsonObject> {
    const { next } = this.#journal
    for (const [consumer, { offset }] of this.#positions.consumers) {
      const { followers = 0, unacknowledged = 0, lost = 0, floor = offset } = this.#known.get(consumer) ?? {}
      const lag = next - floor
      yield { kind: 'consumer', consumer, members: followers, offset: floor, lag, unacknowledged, lost }
    }
  }

  async #make(name: string, from: From | undefined): Promise<Consumer> {
    if (!this.#positions.get(name)) await this.#begin(name, from)
    const { offset = this.#journal.next, reach = this.#start } = this.#positions.get(name) ?? {}
    const consumer = new Consumer({
      name,
      journal: this.#journal,
      floor: offset,
      // Packets that came since the broker was started have been delivered to nobody before.
      delivered: Math.min(reach, this.#start),
      note: place => this.#positions.set(name, place),
      noted: () => this.#positions.flushed(),
      warn: this.#warn,
    })
    this.#known.set(name, consumer)
    return consumer
  }

  async #begin(name: string, from: From | undefined): Promise<void> {
    if (this.#positions.consumers.size >= MOST_CONSUMERS) {
      throw new BadRequest(`durable: more than ${MOST_CONSUMERS} consumers`)
    }
    const { next } = this.#journal
    const offset = from === undefined ? next : Math.min(next, await this.#offsetOf(from, next))
    this.#positions.set(name, { offset, reach: offset })
    await this.#positions.flushed()
  }

  async #offsetOf(from: From, next: number): Promise<number> {
    if (from === 'first') return this.#journal.first
    if ('offset' in from) return from.offset
    const reader = this.#journal.reader(from)
    try {
      const { records } = await reader.next()
      return records[0]?.offset ?? next
    } finally {
      await reader.close()
    }
  }
}
