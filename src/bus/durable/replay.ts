// One subscriber that reads the journal from a place on: as fast as it takes packets, and then what is added.

import type { Start } from '../../journal/reader.ts'
import { gapPacket, packet } from '../../packet.ts'
import type { Following, Inbox } from '../exchange.ts'
import { packetRun } from '../run.ts'
import type { Feed, FeedPortion } from './feed.ts'
import { Pump } from './pump.ts'

export const REMOVED = 'removed'

export type From = Start | 'next'

export class Replay implements Following {
  readonly followers = 1
  readonly #inbox: Inbox
  readonly #feed: Feed
  readonly #pump: Pump
  #isOver = false
  #isWaiting = false
  /** Of the next packet, as far as the subscriber knows. */
  #offset: number | undefined

  constructor(inbox: Inbox, feed: Feed, warn: (message: string) => void) {
    this.#inbox = inbox
    this.#feed = feed
    this.#pump = new Pump(
      () => this.#turn(),
      error => this.#fail(error, warn),
    )
  }

  pump(): void {
    this.#pump.start()
  }

  leave(): void {
    this.#isOver = true
    void this.#feed.close()
  }

  async #turn(): Promise<boolean> {
    if (this.#isOver || this.#isWaiting || !this.#inbox.outbox.hasRoom) return false
    const portion = await this.#feed.next()
    if (this.#isOver) return false
    if (portion.next === undefined) {
      void this.#waitForMore()
      return false
    }
    this.#push(portion)
    return true
  }

  async #waitForMore(): Promise<void> {
    this.#isWaiting = true
    const isMore = await this.#feed.more()
    this.#isWaiting = false
    if (isMore) this.#pump.start()
  }

  #push({ found, lost }: FeedPortion): void {
    const { outbox } = this.#inbox
    if (lost > 0) {
      outbox.tell(packetRun(outbox.form, gapPacket({ lost, reason: REMOVED, stage: 'broker' }), 0))
    }
    for (const { offset, run } of found) {
      if (offset !== this.#offset) outbox.tell(packetRun(outbox.form, packet({ broker: { offset } }), 0))
      outbox.push(run)
      this.#offset = offset + run.packets
    }
    outbox.flush()
  }

  #fail(error: unknown, warn: (message: string) => void): void {
    const reason = error instanceof Error ? error.message : String(error)
    warn(reason)
    const { outbox } = this.#inbox
    outbox.tell(packetRun(outbox.form, packet({ broker: { error: reason } }), 0))
    outbox.flush()
  }
}
