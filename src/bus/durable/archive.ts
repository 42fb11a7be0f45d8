// The journal of a broker: what is published goes in, subscribers read it from any place, consumers where they were.

import type { CarrierError } from '../../errors.ts'
import { Journal } from '../../journal/journal.ts'
import type { JournalOptions } from '../../journal/options.ts'
import { Positions } from '../../journal/positions.ts'
import type { JsonObject } from '../../packet.ts'
import { covers, wordsOf } from '../../topic/address.ts'
import type { SubscribeRequest } from '../control.ts'
import type { Following, Inbox, Past } from '../exchange.ts'
import type { RetainedRuns } from '../retained-runs.ts'
import { REPLY } from '../rights.ts'
import { Consumers } from './consumers.ts'
import { Feed } from './feed.ts'
import { Keeper } from './keeper.ts'
import { Replay } from './replay.ts'
import { RetainedKeeping } from './retained-keeping.ts'

/** How the packets of a broker are kept. */
export interface ArchiveOptions extends Omit<JournalOptions, 'hold' | 'warn'> {
  /** Patterns of the topics that are kept; default: all. */
  readonly topics?: readonly string[]
}

export interface ArchiveSurroundings {
  readonly retained: RetainedRuns
  readonly warn: (message: string) => void
  /** Nothing can be kept any more. */
  readonly onFailure: (error: CarrierError) => void
}

export class Archive implements Past {
  readonly keeper: Keeper
  readonly #options: ArchiveOptions
  readonly #journal: Journal
  readonly #positions: Positions
  readonly #consumers: Consumers
  readonly #retaining: RetainedKeeping
  readonly #warn: (message: string) => void
  readonly #topics: readonly (readonly string[])[]

  static async open(options: ArchiveOptions, { retained, warn, onFailure }: ArchiveSurroundings): Promise<Archive> {
    const topics = (options.topics ?? ['#']).map(wordsOf)
    const retaining = new RetainedKeeping(options, retained, warn)
    const journal = await Journal.open({ ...options, warn, hold: () => retaining.held })
    try {
      await retaining.load(journal, topic => isKept(topics, topic))
      const archive = new Archive(options, { journal, retaining, topics, warn })
      journal.onFailure(error => {
        archive.keeper.fail(error)
        onFailure(error)
      })
      return archive
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  private constructor(
    options: ArchiveOptions,
    parts: {
      readonly journal: Journal
      readonly retaining: RetainedKeeping
      readonly topics: readonly (readonly string[])[]
      readonly warn: (message: string) => void
    },
  ) {
    const { journal, retaining, topics, warn } = parts
    this.#options = options
    this.#journal = journal
    this.#retaining = retaining
    this.#topics = topics
    this.#warn = warn
    this.#positions = Positions.open({ folder: options.folder, sync: options.sync, warn })
    this.#consumers = new Consumers(journal, this.#positions, warn)
    this.keeper = new Keeper(journal, {
      onRetained: () => retaining.changed(),
      onKept: () => retaining.look(journal),
      onRefused: error => warn(`${error.message}: publishers are told that their packets are not kept`),
    })
  }

  keeps(topic: string): boolean {
    return isKept(this.#topics, topic)
  }

  async follow(inbox: Inbox, request: SubscribeRequest): Promise<{ following: Following; begin: () => void }> {
    const { durable, patterns, from = 'first', window } = request
    if (durable === undefined) {
      const following = new Replay(inbox, new Feed(this.#journal, patterns, from), this.#warn)
      return { following, begin: () => following.pump() }
    }
    const following = await this.#consumers.get(durable, patterns, request.from)
    return { following, begin: () => following.join(inbox, patterns, window) }
  }

  /** Whether there was such a consumer; it must have no members. */
  forget(consumer: string): boolean {
    return this.#consumers.remove(consumer)
  }

  /** Of the broker. */
  status(): JsonObject {
    const { first, next, kept, size, refusal, failure } = this.#journal
    const { folder, sync } = this.#options
    const error = failure ?? refusal ?? this.#positions.failure
    return { folder, sync, first, next, kept, bytes: size, ...(error && { error: error.message }) }
  }

  consumers(): Iterable<JsonObject> {
    return this.#consumers.status()
  }

  /** Ends when all that has come is kept, or cannot be. */
  flushed(): Promise<void> {
    return this.#journal.flushed().catch(() => {})
  }

  async close(): Promise<void> {
    try {
      await this.flushed()
      this.#consumers.close()
      await this.#retaining.close(this.#journal)
      await this.#positions.close()
    } finally {
      await this.#journal.close()
    }
  }
}

/** Answers to whoever asked are for nobody else, now or later. */
function isKept(patterns: readonly (readonly string[])[], topic: string): boolean {
  const words = wordsOf(topic)
  return words[0] !== REPLY && patterns.some(pattern => covers(pattern, words))
}
