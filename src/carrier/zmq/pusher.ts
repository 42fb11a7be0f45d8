// Pushing: each packet goes to one peer, in turn, of those that have room for it.

import type { Batch } from '../../packet.ts'
import type { PeerReports } from '../../stream/ledger.ts'
import { encodeClear } from '../../zmtp/frame.ts'
import type { Message } from '../../zmtp/message.ts'
import { Departed } from './departed.ts'
import { type Distribution, type DistributionOptions, NO_READER, type Peer } from './distribution.ts'
import type { LinkUser } from './link.ts'
import { MessageQueue } from './message-queue.ts'
import { Outbox, OVERFLOW } from './outbox.ts'
import { Outgoing, outgoing, SLICE, sizeOf } from './outgoing.ts'
import { type Wait, wait } from './wait.ts'

interface Puller {
  readonly peer: Peer
  readonly outbox: Outbox
}

/** Packets that one peer is dealt before they are sent. */
interface Hand {
  readonly space: number
  readonly messages: Message[]
  bytes: number
}

const BROKEN = 'connection broken'

export class Pusher implements Distribution {
  readonly #options: DistributionOptions
  #pullers: Puller[] = []
  readonly #departed = new Departed()
  /** By the number of peers: whose turn it is. */
  #turn = 0
  /** What no peer has room for, where nothing may be dropped. */
  readonly #rest = new MessageQueue()
  #isClosed = false
  #roomy: Wait | undefined
  #empty: Wait | undefined

  constructor(options: DistributionOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#pullers.length
  }

  join(peer: Peer): LinkUser {
    const puller = { peer, outbox: new Outbox(peer, this.#options) }
    this.#pullers.push(puller)
    this.#options.joined()
    this.#dealRest()
    return {
      flushed: () => {
        puller.outbox.flushed()
        this.#dealRest()
      },
      over: () => this.#leave(puller),
    }
  }

  offer(batch: Batch): void {
    const { make, total } = this.#options
    total.in += batch.length
    const all = outgoing(batch, make, encodeClear)
    const [only] = this.#pullers
    if (only && this.#pullers.length === 1 && this.#rest.length === 0) only.outbox.offer(all)
    else this.#deal(all)
  }

  /** Waits for one peer at least. */
  room(): Promise<void> | undefined {
    if (this.#hasRoom) return undefined
    this.#roomy ??= wait()
    return this.#roomy.promise
  }

  drained(): Promise<unknown> | undefined {
    if (this.#isEmpty) return undefined
    this.#empty ??= wait()
    return this.#empty.promise
  }

  close(reason: string, milliseconds: number): Promise<unknown> {
    this.#isClosed = true
    const left = this.#rest.takeAll().length
    if (left > 0) this.#options.total.drop(this.size > 0 ? reason : NO_READER, left)
    const hangingUp = this.#pullers.map(({ peer, outbox }) => {
      const { pending } = outbox.counts
      outbox.close(reason)
      if (pending === 0) return peer.hangUp(milliseconds)
      peer.cut()
      return undefined
    })
    this.#wake()
    return Promise.all(hangingUp)
  }

  cut(): void {
    for (const { peer } of [...this.#pullers]) peer.cut()
  }

  reports(): PeerReports {
    return this.#departed.and(this.#pullers.map(({ peer, outbox }) => [peer.name, outbox.counts]))
  }

  get #hasRoom(): boolean {
    return this.#isClosed || (this.#rest.length === 0 && this.#pullers.some(({ outbox }) => outbox.hasRoom))
  }

  get #isEmpty(): boolean {
    return this.#rest.length === 0 && this.#pullers.every(({ outbox }) => outbox.counts.pending === 0)
  }

  #deal(out: Outgoing): void {
    let at = 0
    if (this.#rest.length === 0) {
      while (at < out.length) {
        const dealt = this.#dealRound(out, at)
        if (dealt === at) break
        at = dealt
      }
    }
    for (; at < out.length; at++) {
      const message = out.message(at)
      if (message) this.#keep(message)
    }
  }

  /** Deals until nobody has room or a hand is as much as goes out in one write; gives the index of what comes next. */
  #dealRound(out: Outgoing, from: number): number {
    const hands = this.#pullers.map(({ outbox }): Hand => ({ space: outbox.space, messages: [], bytes: 0 }))
    let at = from
    for (; at < out.length; at++) {
      const message = out.message(at)
      if (!message) continue
      const hand = this.#nextHand(hands)
      if (!hand || hand.bytes >= SLICE) break
      hand.messages.push(message)
      hand.bytes += sizeOf(message)
      this.#turn++
    }
    for (const [index, { outbox }] of [...this.#pullers].entries()) give(outbox, hands[index]?.messages ?? [])
    return at
  }

  /** Of the peer whose turn it is, or of the next one that has room. */
  #nextHand(hands: readonly Hand[]): Hand | undefined {
    for (let tried = 0; tried < hands.length; tried++, this.#turn++) {
      const hand = hands[this.#turn % hands.length]
      if (hand && hand.messages.length < hand.space) return hand
    }
    return undefined
  }

  /** A message that nobody has room for. */
  #keep(message: Message): void {
    const { policy, total } = this.#options
    const puller = this.#pullers[this.#turn % this.#pullers.length]
    if (policy === 'block' && !this.#isClosed) this.#rest.push(message)
    else if (!puller) total.drop(NO_READER)
    else if (policy === 'drop-newest' || policy === 'block') total.drop(OVERFLOW)
    else {
      this.#turn++
      give(puller.outbox, [message])
    }
  }

  #dealRest(): void {
    while (this.#rest.length > 0) {
      const first = this.#rest.takeAll()
      const out = new Outgoing(first.length, index => first[index], encodeClear)
      this.#deal(out)
      if (this.#rest.length === first.length) break
    }
    this.#wake()
  }

  /** What waited for it goes to the others. */
  #leave(puller: Puller): void {
    this.#pullers = this.#pullers.filter(other => other !== puller)
    const { outbox, peer } = puller
    const waiting = outbox.reclaim()
    outbox.close(BROKEN)
    this.#departed.add(peer.name, outbox.counts)
    this.#deal(new Outgoing(waiting.length, index => waiting[index], encodeClear))
    this.#dealRest()
    this.#options.left?.()
  }

  #wake(): void {
    if (this.#hasRoom) {
      this.#roomy?.resolve()
      this.#roomy = undefined
    }
    if (this.#isEmpty) {
      this.#empty?.resolve()
      this.#empty = undefined
    }
  }
}

function give(outbox: Outbox, messages: readonly Message[]): void {
  if (messages.length > 0) outbox.offer(new Outgoing(messages.length, index => messages[index], encodeClear))
}
