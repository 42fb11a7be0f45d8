// One reader of an HTTP output: where it is, what it has missed, and what its next answer holds.

import { type Batch, type Gap, gapPacket, type Packet } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import { Loss } from '../../stream/loss.ts'
import type { Policy } from '../../stream/policy.ts'
import { TOO_SLOW } from '../fan-out.ts'
import { type History, type Part, partOf } from './history.ts'

export interface ReaderOptions {
  /** Named by gap records. */
  readonly name: string
  readonly policy: Policy
  /** How many packets may wait for it; default, and at most: what the history keeps. */
  readonly bound: number | undefined
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
  readonly parts: readonly Part[]
}

/** Bytes beyond which an answer gets no further packet. */
const ENOUGH = 8 * 2 ** 20
const OVERFLOW = 'overflow'
const FORGOTTEN = 'no longer kept'

export class Reader {
  readonly #options: ReaderOptions
  /** The next packet that it gets. */
  #next: number
  /** All before this one have been sent; from here to `#next` they are lost. */
  #sent: number
  /** The first packet that it has not asked behind: it may have to be sent once more. */
  #asked: number
  /** The policy drop-newest: what the reader gets before the hole behind them, whatever the history keeps. */
  #kept: { readonly from: number; readonly packets: Batch } | undefined
  #loss = new Loss()
  #reason = OVERFLOW
  #answers = 0
  /** The gap that was told last, in case that it has not arrived. */
  #told: (Pick<Portion, 'answer' | 'first'> & { readonly gap: Gap }) | undefined
  /** All before this number has been dealt with, as the reader says itself. */
  done: number

  constructor(options: ReaderOptions, first: number) {
    this.#options = options
    this.#next = first
    this.#sent = first
    this.#asked = first
    this.done = first
    this.#forget()
  }

  /** What it is to ask for next. */
  get next(): number {
    return this.#next
  }

  get hasMore(): boolean {
    return this.#waiting > 0 || !(this.#kept || this.#loss.isEmpty)
  }

  /** It keeps its writer waiting; any other one is waited for no longer than at the end, and not for ever. */
  get isWaitedFor(): boolean {
    return this.#options.policy === 'block'
  }

  /** The first packet that must be kept for it, if it keeps its writer waiting. */
  get held(): number {
    return this.isWaitedFor ? this.#asked : Number.POSITIVE_INFINITY
  }

  /** How many packets may be written before it is too far behind. */
  get room(): number {
    const { policy, history } = this.#options
    return policy === 'block' ? this.#bound - (history.end - this.#asked) : Number.POSITIVE_INFINITY
  }

  /** Where it says that it is, and the last answer that it got: what did not arrive is sent once more. */
  seek(asked: number, got?: number): void {
    const told = this.#told
    const hasMissed = told && (got === undefined ? asked < told.first : got < told.answer)
    // Whoever has not heard of a gap asks for what lies in it.
    const number = hasMissed ? Math.max(asked, told.first) : asked
    if (hasMissed) this.#missAgain(told.gap)
    this.#told = undefined
    if (this.#next === this.#sent) this.#next = Math.min(number, this.#next)
    else this.#loseUnseen(this.#sent - number)
    this.#sent = this.#next
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
    const { policy, history } = this.#options
    if (policy === 'block') return
    if (policy === 'drop-newest') {
      this.#refuse(coming)
      return
    }
    const least = history.end + coming.length - (policy === 'latest' ? 1 : this.#bound)
    for (; this.#next < least; this.#next++) {
      this.#lose(history.at(this.#next) ?? coming[this.#next - history.end])
    }
  }

  /** What is ready, as far as one answer holds it. */
  take(most = this.#most): Portion {
    const gap = this.#kept ? undefined : this.#gap()
    const first = this.#next
    const parts = this.#ready(most)
    const answer = ++this.#answers
    for (const { count } of parts) this.#next += count
    this.#sent = this.#next
    if (gap) this.#told = { answer, first, gap }
    return { answer, gap, first, parts }
  }

  /** Nobody waits for it any more: what it has not got is lost. */
  abandon(): void {
    if (this.#waiting > 0) this.#options.count.drop(TOO_SLOW, this.#waiting)
  }

  /** Packets that it has not got. */
  get #waiting(): number {
    const { from = 0, packets = [] } = this.#kept ?? {}
    return (this.#kept ? from + packets.length : this.#options.history.end) - this.#next
  }

  #ready(most: number): readonly Part[] {
    if (!this.#kept) return this.#options.history.read(this.#next, most, ENOUGH)
    const { from, packets } = this.#kept
    return [partOf(packets.slice(this.#next - from, this.#next - from + most))]
  }

  /** While one half is on its way, the other one fills. */
  get #most(): number {
    return this.#options.policy === 'block' ? Math.max(1, this.#bound >> 1) : this.#bound
  }

  get #bound(): number {
    const { bound = Number.POSITIVE_INFINITY, history } = this.#options
    return Math.max(1, Math.min(bound, history.bound))
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
    const { start } = this.#options.history
    if (start <= this.#next) return
    this.#loseUnseen(start - this.#next)
    this.#next = start
    this.#sent = start
    this.#asked = start
  }

  /** What was sent and did not arrive, or never was, and is not kept any more. */
  #loseUnseen(packets: number): void {
    if (packets <= 0) return
    this.#loss.addUnseen(packets)
    this.#reason = FORGOTTEN
    this.#options.count.drop(FORGOTTEN, packets)
  }

  /** When it is full, what waits is put aside, and nothing is added until the reader has all of that. */
  #refuse(coming: Batch): void {
    const { history } = this.#options
    const room = this.#kept ? 0 : Math.max(0, this.#bound - (history.end - this.#next))
    if (coming.length <= room) return
    if (!this.#kept) {
      const from = Math.max(this.#asked, history.start)
      const waiting = history.read(from, history.end - from).flatMap(({ packets }) => packets)
      this.#kept = { from, packets: [...waiting, ...coming.slice(0, room)] }
    }
    for (const packet of coming.slice(room)) this.#lose(packet)
  }
}
