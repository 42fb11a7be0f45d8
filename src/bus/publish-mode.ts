// How one client publishes: what it is told of its packets, and what is done with them beside passing them on.

import type { JsonObject } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { PublishRequest } from './control.ts'
import type { Keeper, Kept } from './durable/keeper.ts'
import type { Exchange, Jam, Route } from './exchange.ts'
import type { Run } from './run.ts'

const PLAIN: PublishRequest = { do: 'publish', confirm: false, returns: false, retain: false, again: 0 }

export class PublishMode {
  /** Packets that came over this connection. */
  received = 0
  readonly #exchange: Exchange
  readonly #input: StageCount
  readonly #keeper: Keeper | undefined
  #request = PLAIN
  /** Of the next packets, these may have come before. */
  #again = 0
  #confirmed = 0
  /** Packets of this connection that are where they are to be kept. */
  #safe = 0
  /** The offset after the last of them that is kept, or will be. */
  #until = 0
  /** Topics of the packets of the run that is under way, and of the first one of the next. */
  #topics: string[] = []
  /** Those that had no room when a packet was passed to them. */
  readonly #full = new Set<Jam>()
  /** Numbers of packets that nobody wanted, and that the client has not been told yet. */
  #returned: { readonly from: number; to: number }[] = []

  constructor(exchange: Exchange, input: StageCount, keeper?: Keeper) {
    this.#exchange = exchange
    this.#input = input
    this.#keeper = keeper
  }

  get retains(): boolean {
    return this.#request.retain
  }

  set(request: PublishRequest): void {
    this.#request = request
    this.#again = request.again
    this.#confirmed = this.received
  }

  /** The topic of the next packet, where packets are retained. */
  note(topic: string): void {
    this.#topics.push(topic)
  }

  publish(route: Route, run: Run): void {
    const first = this.#count(run)
    const { ttl, retain, returns } = this.#request
    const marked = ttl === undefined ? run : run.until(Date.now() + ttl)
    if (retain) this.#retain(marked)
    if (returns && isUnwanted(route)) this.#return(first)
    if (this.#again === 0) this.#deliver(route, marked)
    else this.#deliverAgain(route, marked)
  }

  /** Counts packets that the client may not publish. */
  refuse(run: Run): void {
    this.#count(run)
    this.#input.reject('not allowed', run.packets)
  }

  /** What the client is to be told of its packets since the last time. */
  words(): readonly JsonObject[] {
    const news = this.#request.confirm && this.#safe > this.#confirmed
    if (!news && this.#returned.length === 0) return NOTHING
    const words: JsonObject[] = this.#returned.map(({ from, to }) => ({ returned: { from, to } }))
    this.#returned = []
    if (news) words.push({ confirmed: this.#safe })
    this.#confirmed = this.#safe
    return words
  }

  /** Those that still have no room for what was passed to them since the last time. */
  jams(): readonly Jam[] {
    if (this.#full.size === 0) return NO_JAMS
    const jams = [...this.#full].filter(({ isJammed }) => isJammed)
    this.#full.clear()
    return jams
  }

  /** Ends a cut of what came. `kept` is called later, if its packets are kept or refused later. */
  settle(kept: Kept): void {
    const keeper = this.#keeper
    const { received } = this
    this.#until = keeper?.settle() ?? this.#until
    if (!keeper || this.#until <= keeper.journal.kept) {
      this.#safe = received
      return
    }
    keeper.whenKept(this.#until, refusal => {
      if (!refusal) this.#safe = received
      kept(refusal)
    })
  }

  /** Calls `act` when all that came is kept, or cannot be. */
  whenKept(act: Kept): void {
    if (this.#keeper) this.#keeper.whenKept(this.#until, act)
    else act()
  }

  /** The number of its first packet, from 1. */
  #count({ packets, length }: Run): number {
    this.#input.in += packets
    this.#input.bytes += length
    this.received += packets
    return this.received - packets + 1
  }

  #retain(run: Run): void {
    const topics = this.#topics.splice(0, run.packets)
    let index = 0
    for (const packet of run.each()) this.#exchange.retain(topics[index++] ?? '', packet)
  }

  #return(first: number): void {
    const last = this.#returned.at(-1)
    if (last?.to === first - 1) last.to = this.received
    else this.#returned.push({ from: first, to: this.received })
  }

  #deliverAgain(route: Route, run: Run): void {
    const count = Math.min(this.#again, run.packets)
    this.#again -= count
    const [first, rest] = count === run.packets ? [run, undefined] : [run.only(count), run.without(count)]
    this.#deliver(route, first.marked({ again: true }))
    if (rest) this.#deliver(route, rest)
  }

  #deliver(route: Route, run: Run): void {
    this.#exchange.deliver(route, run, this.#full)
    if (route.isKept) this.#keeper?.add(run, this.#request.retain)
  }
}

function isUnwanted({ inboxes, groups, followings }: Route): boolean {
  return inboxes.length === 0 && groups.length === 0 && followings.length === 0
}

const NOTHING: readonly JsonObject[] = []
const NO_JAMS: readonly Jam[] = []
