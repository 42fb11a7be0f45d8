// How one client publishes: what it is told of its packets, and what is done with them beside passing them on.

import type { JsonObject } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { PublishRequest } from './control.ts'
import type { Exchange, Route } from './exchange.ts'
import type { Run } from './run.ts'

const PLAIN: PublishRequest = { do: 'publish', confirm: false, returns: false, retain: false, again: 0 }

export class PublishMode {
  /** Packets that came over this connection. */
  received = 0
  readonly #exchange: Exchange
  readonly #input: StageCount
  #request = PLAIN
  /** Of the next packets, these may have come before. */
  #again = 0
  #confirmed = 0
  /** Topics of the packets of the run that is under way. */
  #topics: string[] = []
  /** Numbers of packets that nobody wanted, and that the client has not been told yet. */
  #returned: { readonly from: number; to: number }[] = []

  constructor(exchange: Exchange, input: StageCount) {
    this.#exchange = exchange
    this.#input = input
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
    if (returns && route.inboxes.length === 0 && route.groups.length === 0) this.#return(first)
    if (this.#again === 0) this.#exchange.deliver(route, marked)
    else this.#deliverAgain(route, marked)
  }

  /** Counts packets that the client may not publish. */
  refuse(run: Run): void {
    this.#count(run)
    this.#topics.length = 0
    this.#input.reject('not allowed', run.packets)
  }

  /** What the client is to be told of its packets since the last time. */
  words(): readonly JsonObject[] {
    const news = this.#request.confirm && this.received > this.#confirmed
    if (!news && this.#returned.length === 0) return NOTHING
    const words: JsonObject[] = this.#returned.map(({ from, to }) => ({ returned: { from, to } }))
    this.#returned = []
    if (news) words.push({ confirmed: this.received })
    this.#confirmed = this.received
    return words
  }

  /** The number of its first packet, from 1. */
  #count({ packets, length }: Run): number {
    this.#input.in += packets
    this.#input.bytes += length
    this.received += packets
    return this.received - packets + 1
  }

  #retain(run: Run): void {
    let index = 0
    for (const packet of run.each()) this.#exchange.retain(this.#topics[index++] ?? '', packet)
    this.#topics.length = 0
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
    this.#exchange.deliver(route, first.marked({ again: true }))
    if (rest) this.#exchange.deliver(route, rest)
  }
}

const NOTHING: readonly JsonObject[] = []
