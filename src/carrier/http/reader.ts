// One reader of an HTTP output: where it is, what it has missed, and what its next answer holds.

import { type Batch, type Gap, gapPacket, type Packet } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import { Loss } from '../../stream/loss.ts'
import type { Policy } from '../../stream/policy.ts'
import type { History } from './history.ts'

export interface ReaderOptions {
  /** Named by gap records. */
  readonly name: string
  readonly policy: Policy
  /** How many packets may wait for it; no more than the history keeps. */
  readonly bound: number
  readonly history: History
  /** Packets that it is too slow for are dropped here. */
  readonly count: StageCount
}

/** What one question is answered with: what is missing before the packets, and these, numbered from `first` on. */
export interface Portion {
  /** The number of the answer. */
  readonly answer: number
  readonly gap: Gap | undefined
  readonly first: number
  readonly packets: Batch
}

/** Bytes of data beyond which an answer gets no further packet. */
const ENOUGH = 8 * 2 ** 20
const OVERFLOW = 'overflow'
const FORGOTTEN = 'no longer kept'

export class Reader {
  readonly #options: ReaderOptions
  /** The first packet that has not been sent to it. */
  #next: number
  /** The first packet that it has not asked behind: it may have to be sent once more. */
  #asked: number
  /** The policy drop-newest: what the reader gets before the hole behind them, whatever the history keeps. */
  #kept: { readonly from: number; readonly packets: Batch } | undefined
  #loss = new Loss()
  #reason = OVERFLOW
  #answers = 0
  /** The gap that was told last, in case that it has not arrived. */
  #told: { readonly answer: number; readonly gap: Gap } | undefined
  /** All before this number has been dealt with, as the reader says itself. */
  done: number

  constructor(options: ReaderOptions, first: number) {
    this.#options = options
    this.#next = first
    this.#asked = first
    this.done = first
    this.#forget()
  }

  /** What it is to ask for next. */
  get next(): number {
    return this.#next
  }

  get hasMore(): boolean {
    if (this.#kept) return this.#next < this.#kept.from + this.#kept.packets.length
    return this.#next < this.#options.history.end || !this.#loss.isEmpty
  }

  /** How many packets may be written before it is too far behind. */
  get room(): number {
    const { policy, bound, history } = this.#options
    return policy === 'block' ? bound - (history.end - this.#asked) : Number.POSITIVE_INFINITY
  }

  /** Where it says that it is, and the last answer that it got: what did not arrive is sent once more. */
  seek(number: number, got?: number): void {
    if (this.#told && got !== undefined && got < this.#told.answer) this.#missAgain(this.#told.gap)
    this.#told = undefined
    this.#next = Math.min(number, this.#next)
    const { from = 0, packets = [] } = this.#kept ?? {}
    if (this.#kept && this.#next >= from + packets.length) {
      this.#kept = undefined
      this.#next = this.#options.history.end
    } else if (this.#kept) this.#next = Math.max(this.#next, from)
    this.#asked = this.#next
    if (!this.#kept) this.#forget()
  }

  /** Before the history takes packets, no more than it keeps: what falls out of the bound is lost. */
  makeRoom(coming: Batch): void {
    const { policy, bound, history } = this.#options
    if (policy === 'block') return
    if (policy === 'drop-newest') {
      this.#refuse(coming)
      return
    }
    const least = history.end + coming.length - (policy === 'latest' ? 1 : bound)
    for (; this.#next < least; this.#next++) {
      this.#lose(history.at(this.#next) ?? coming[this.#next - history.end])
    }
  }

  /** What is ready, as far as one answer holds it. */
  take(most = this.#most): Portion {
    const gap = this.#kept ? undefined : this.#gap()
    const first = this.#next
    const packets = enough(this.#ready(most))
    const answer = ++this.#answers
    this.#next += packets.length
    if (gap) this.#told = { answer, gap }
    return { answer, gap, first, packets }
  }

  #ready(most: number): Batch {
    if (!this.#kept) return this.#options.history.slice(this.#next, most)
    const { from, packets } = this.#kept
    return packets.slice(this.#next - from, this.#next - from + most)
  }

  /** While one half is on its way, the other one fills. */
  get #most(): number {
    const { policy, bound } = this.#options
    return policy === 'block' ? Math.max(1, bound >> 1) : bound
  }

  #gap(): Gap | undefined {
    if (this.#loss.isEmpty) return undefined
    const gap = this.#loss.asGap(this.#reason, this.#options.name)
    this.#loss = new Loss()
    this.#reason = OVERFLOW
    return gap
  }

  #missAgain(gap: Gap): void {
    const both = new Loss()
    both.add(gapPacket(gap))
    if (!this.#loss.isEmpty) both.add(gapPacket(this.#loss.asGap('', '')))
    this.#loss = both
    this.#reason = gap.reason
  }

  #lose(packet: Packet | undefined): void {
    if (packet && this.#loss.add(packet)) this.#options.count.drop(OVERFLOW)
  }

  /** What the history has dropped while nobody asked. */
  #forget(): void {
    const { history, count } = this.#options
    const lost = history.start - this.#next
    if (lost <= 0) return
    this.#loss.addUnseen(lost)
    this.#reason = FORGOTTEN
    count.drop(FORGOTTEN, lost)
    this.#next = history.start
    this.#asked = history.start
  }

  /** When it is full, what waits is put aside, and nothing is added until the reader has all of that. */
  #refuse(coming: Batch): void {
    const { bound, history } = this.#options
    const room = this.#kept ? 0 : Math.max(0, bound - (history.end - this.#next))
    if (coming.length <= room) return
    if (!this.#kept) {
      const from = Math.max(this.#asked, history.start)
      this.#kept = { from, packets: [...history.slice(from, history.end - from), ...coming.slice(0, room)] }
    }
    for (const packet of coming.slice(room)) this.#lose(packet)
  }
}

function enough(packets: Batch): Batch {
  let bytes = 0
  for (const [index, { data }] of packets.entries()) {
    bytes += data.length
    if (bytes > ENOUGH && index > 0) return packets.slice(0, index)
  }
  return packets
}
