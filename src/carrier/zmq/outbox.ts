// What waits for one peer: sent as fast as its connection takes it, bounded by a policy, every packet counted.

import type { StageCount } from '../../stream/ledger.ts'
import type { Policy } from '../../stream/policy.ts'
import type { Message } from '../../zmtp/message.ts'
import { WRITE_AHEAD } from '../socket-writer.ts'
import { MessageQueue } from './message-queue.ts'
import type { EncodeMessages, Outgoing } from './outgoing.ts'
import { type Wait, wait } from './wait.ts'

/** The connection of one peer, as its outbox sees it. */
export interface Wire {
  /** Bytes written that the system has not taken yet; 0 when the next write may go out at once. */
  readonly waiting: number
  readonly encode: EncodeMessages
  /** Whether `encode` is what it is for every peer in the clear. */
  readonly clear: boolean
  /** Whole messages. Whoever made the outbox calls `flushed` when `waiting` has come down to 0. */
  write(chunks: readonly Uint8Array[]): void
}

export interface OutboxOptions {
  readonly policy: Policy
  /** The bounds of what waits, beside what is being sent: packets, and bytes. `latest` keeps one packet. */
  readonly packets: number
  readonly bytes: number
  /** Of all peers together. */
  readonly total: StageCount
}

/** `written` = `sent` + all of `dropped` + `pending`, at any time. */
export interface OutboxCounts {
  readonly written: number
  /** Taken by the system, whole. */
  readonly sent: number
  readonly dropped: Readonly<Record<string, number>>
  readonly pending: number
}

export const OVERFLOW = 'overflow'
const SUPERSEDED = 'superseded'

export class Outbox {
  readonly #wire: Wire
  readonly #options: OutboxOptions
  readonly #bound: number
  readonly #queue = new MessageQueue()
  #written = 0
  #sent = 0
  /** Packets of which the system has not taken all. */
  #inFlight = 0
  readonly #dropped = new Map<string, number>()
  #closed = false
  #roomy: Wait | undefined
  #empty: Wait | undefined

  constructor(wire: Wire, options: OutboxOptions) {
    this.#wire = wire
    this.#options = options
    this.#bound = options.policy === 'latest' ? 1 : Math.max(1, options.packets)
  }

  get counts(): OutboxCounts {
    const dropped = Object.fromEntries(this.#dropped)
    return { written: this.#written, sent: this.#sent, dropped, pending: this.#queue.length + this.#inFlight }
  }

  get #isEmpty(): boolean {
    return this.#queue.length === 0 && this.#inFlight === 0
  }

  /** Whether a packet would be sent at once or wait, without pushing out another. */
  get hasRoom(): boolean {
    return this.space > 0
  }

  /** How many packets that is; Infinity where the next ones go out at once. */
  get space(): number {
    if (this.#wire.waiting === 0) return Number.POSITIVE_INFINITY
    if (this.#isFull) return 0
    return this.#options.policy === 'block' ? Number.POSITIVE_INFINITY : this.#bound - this.#queue.length
  }

  /** Resolves when there is room; nothing where there is. */
  room(): Promise<void> | undefined {
    if (this.hasRoom || this.#closed) return undefined
    this.#roomy ??= wait()
    return this.#roomy.promise
  }

  /** Resolves when the system has all that was written, or nothing will go out any more. */
  drained(): Promise<void> | undefined {
    if (this.#closed || this.#isEmpty) return undefined
    this.#empty ??= wait()
    return this.#empty.promise
  }

  /** Never waits: what neither goes out nor has room is dropped as the policy says; with `block` it waits all the same. */
  offer(out: Outgoing): void {
    if (this.#closed) return
    let at = 0
    while (at < out.length && this.#queue.length === 0 && this.#takesMore) {
      const slice = out.slice(at)
      at = slice.to
      if (slice.messages.length === 0) continue
      this.#written += slice.messages.length
      this.#send(this.#wire.clear ? slice.encoded : this.#wire.encode(slice.messages), slice.messages.length)
    }
    if (at < out.length) this.#keep(out, at)
  }

  /** The system has taken all that was written. */
  flushed(): void {
    if (this.#closed || this.#wire.waiting > 0) return
    this.#settle()
    while (this.#queue.length > 0 && this.#takesMore) {
      const messages = this.#queue.takeSlice()
      this.#send(this.#wire.encode(messages), messages.length)
    }
    this.#wake()
  }

  /** What waits, for another peer to send: it is as if it had never been written to this one. */
  reclaim(): readonly Message[] {
    const messages = this.#queue.takeAll()
    this.#written -= messages.length
    return messages
  }

  /** Nothing will go out any more: what is left is dropped. `wanted`: it is a loss of all peers' count, too. */
  close(reason: string, { wanted = true }: { readonly wanted?: boolean } = {}): void {
    if (this.#closed) return
    const left = this.#queue.length + this.#inFlight
    if (left > 0) this.#dropped.set(reason, left)
    if (left > 0 && wanted) this.#options.total.drop(reason, left)
    this.#inFlight = 0
    this.#queue.takeAll()
    this.#closed = true
    this.#wake()
  }

  /** `block` keeps the connection busy beyond what the system takes at once, any other policy does not. */
  get #takesMore(): boolean {
    const { waiting } = this.#wire
    return waiting === 0 || (this.#options.policy === 'block' && waiting < WRITE_AHEAD)
  }

  get #isFull(): boolean {
    if (this.#options.policy === 'block') return this.#queue.length > 0 || this.#wire.waiting >= WRITE_AHEAD
    return this.#queue.length >= this.#bound || (this.#queue.length > 0 && this.#queue.bytes >= this.#options.bytes)
  }

  #send(chunks: readonly Uint8Array[], messages: number): void {
    const { total } = this.#options
    for (const chunk of chunks) total.bytes += chunk.length
    this.#inFlight += messages
    this.#wire.write(chunks)
    if (this.#wire.waiting === 0) this.#settle()
  }

  #settle(): void {
    this.#sent += this.#inFlight
    this.#options.total.out += this.#inFlight
    this.#inFlight = 0
  }

  #keep(out: Outgoing, from: number): void {
    const { policy } = this.#options
    let at = from
    if (policy === 'latest') {
      at = out.length - 1
      while (at > from && !out.message(at)) at--
      this.#written += at - from
      this.#drop(SUPERSEDED, at - from)
    }
    for (; at < out.length; at++) {
      if (policy === 'drop-newest' && this.#isFull) {
        this.#written += out.length - at
        this.#drop(OVERFLOW, out.length - at)
        return
      }
      const message = out.message(at)
      if (message) this.#push(message)
    }
  }

  #push(message: Message): void {
    const { policy } = this.#options
    if (policy !== 'block') {
      while (this.#isFull) {
        this.#queue.shift()
        this.#drop(policy === 'latest' ? SUPERSEDED : OVERFLOW, 1)
      }
    }
    this.#written++
    this.#queue.push(message)
  }

  #drop(reason: string, count: number): void {
    if (count === 0) return
    this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count)
    this.#options.total.drop(reason, count)
  }

  #wake(): void {
    if (this.hasRoom || this.#closed) {
      this.#roomy?.resolve()
      this.#roomy = undefined
    }
    if (this.#closed || this.#isEmpty) {
      this.#empty?.resolve()
      this.#empty = undefined
    }
  }
}
