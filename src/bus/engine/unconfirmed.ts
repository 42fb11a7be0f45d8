// What an engine has not confirmed: kept in its order, and sent again over the next connection.

import { CarrierError } from '../../errors.ts'
import type { StageCount } from '../../stream/ledger.ts'
import type { BusContext } from '../bus.ts'
import { Condition } from '../condition.ts'
import type { Engine, Message, Outgoing, OutgoingEvents, Sending } from './engine.ts'
import { Comebacks, reach } from './patience.ts'

/** Unconfirmed messages and bytes from which on the writer waits. */
const WINDOW_PACKETS = 16_384
const WINDOW_BYTES = 16 * 2 ** 20

export class Unconfirmed {
  onReturned: ((messages: readonly Message[]) => void) | undefined
  readonly #engine: Engine
  readonly #sending: Sending
  readonly #context: BusContext
  readonly #lost: StageCount
  #link: Outgoing | undefined
  /** In the order of sending; what was confirmed before an earlier one leaves a hole. */
  #messages: (Message | undefined)[] = []
  /** Where the first hole ends. */
  #head = 0
  /** The number of the first of them, as the connection counts. */
  #first = 0
  #packets = 0
  #bytes = 0
  #closed = false
  #connections = 0
  readonly #comebacks = new Comebacks()
  readonly #condition = new Condition()

  constructor(engine: Engine, sending: Sending, context: BusContext) {
    this.#engine = engine
    this.#sending = sending
    this.#context = context
    this.#lost = context.ledger.stage('broker')
  }

  async open(): Promise<void> {
    const { stop, warn } = this.#context
    const { name, wait } = this.#engine
    let link: Outgoing | undefined
    let over: string | undefined
    const isCurrent = () => link !== undefined && link === this.#link
    const events: OutgoingEvents = {
      confirmed: (from, to) => {
        if (isCurrent()) this.#confirm(from, to)
      },
      returned: number => {
        if (isCurrent()) this.#return(number)
      },
      refused: error => this.#condition.fail(error),
      lost: reason => {
        over = reason
        if (isCurrent()) this.#again(reason)
      },
    }
    const comesBack = this.#connections++ > 0
    const open = () => this.#engine.send(this.#sending, events, { warn, comesBack })
    link = await reach(open, { name, wait, stop, warn })
    if (!link) throw new CarrierError(name, 'stopped before it was connected')
    if (this.#closed) return link.close()
    this.#link = link
    this.#comebacks.begin()
    this.#first = 0
    const again = this.#messages.filter(message => message !== undefined)
    this.#messages = again
    this.#head = 0
    if (over !== undefined) this.#again(over)
    else if (again.length > 0) link.send(again)
  }

  /** Waits while too much is unconfirmed. */
  send(messages: readonly Message[]): void | Promise<void> {
    this.#condition.check()
    for (const message of messages) {
      this.#messages.push(message)
      this.#bytes += message.payload.length
    }
    this.#packets += messages.length
    this.#link?.send(messages)
    if (this.#packets > WINDOW_PACKETS || this.#bytes > WINDOW_BYTES)
      return this.#condition.until(() => this.#isHalfEmpty)
  }

  /** Resolves when the engine has all that was sent. */
  confirmed(): Promise<void> {
    return this.#condition.until(() => this.#packets === 0)
  }

  async close(): Promise<void> {
    const link = this.#link
    this.#link = undefined
    this.#closed = true
    if (this.#packets > 0) this.#lost.drop('not confirmed', this.#packets)
    await link?.close()
  }

  get #isHalfEmpty(): boolean {
    return this.#packets <= WINDOW_PACKETS / 2 && this.#bytes <= WINDOW_BYTES / 2
  }

  #return(number: number): void {
    const message = this.#messages[number - this.#first]
    if (message) this.onReturned?.([message])
  }

  #confirm(from: number, to: number): void {
    const messages = this.#messages
    for (let index = from - this.#first; index < to - this.#first; index++) {
      const message = messages[index]
      if (!message) continue
      messages[index] = undefined
      this.#packets--
      this.#bytes -= message.payload.length
    }
    while (this.#head < messages.length && messages[this.#head] === undefined) this.#head++
    if (this.#head === messages.length || (this.#head > 1024 && this.#head * 2 > messages.length)) {
      messages.splice(0, this.#head)
      this.#first += this.#head
      this.#head = 0
    }
    this.#condition.wake()
  }

  #again(reason: string): void {
    const { stop, warn } = this.#context
    this.#link = undefined
    if (this.#condition.hasFailed || this.#closed || (stop.aborted && this.#packets === 0)) return
    const unsure = this.#packets > 0 ? `; ${this.#packets} unconfirmed packets are sent again` : ''
    warn(`${this.#engine.name}: ${reason}, connecting again${unsure}`)
    this.#comebacks
      .wait(stop)
      .then(() => this.open())
      .catch((error: unknown) => this.#condition.fail(error))
  }
}
