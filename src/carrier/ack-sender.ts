// The sending side of an acknowledged link: what is not acknowledged is kept and sent again after a break.

import type { Socket } from 'node:net'
import { CarrierError, systemReason, UsageError } from '../errors.ts'
import { makeIds } from '../id.ts'
import type { Batch, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Encoder, Sink } from '../stream/step.ts'
import { Timer } from '../timer.ts'
import { formatDuration } from '../units.ts'
import type { Endpoint } from '../url.ts'
import { goodbyePacket } from './ack.ts'
import { AckLink, ANSWER_MS } from './ack-link.ts'
import type { CarrierContext, Encode } from './carrier.ts'
import { type Address, hangUp, waitOf } from './socket.ts'

/** After the stop, a dead link is waited for this long, however patient it was before. */
const STOPPED_MS = 5000
const GOODBYE_MS = 2000

export interface AckOptions {
  readonly endpoint: Endpoint
  readonly address: Address
  readonly context: CarrierContext
  readonly encode: Encode
  /** The most packets unacknowledged. */
  readonly most: number
}

/** Keeps at most N packets; is given one connection at a time. `ended` aborts when it needs no more. */
export class AckSender implements Sink {
  readonly #options: AckOptions
  readonly #count: StageCount
  readonly #id = makeIds()
  readonly #name = makeIds()()
  readonly #ending = new AbortController()
  #encoder: Encoder | undefined
  /** Not yet acknowledged, in order. */
  #window: Packet[] = []
  #link: AckLink | undefined
  #failure: Error | undefined
  #goodbye = false
  #change = () => {}
  #lost: Timer | undefined

  constructor(options: AckOptions) {
    this.#options = options
    this.#count = options.context.ledger.stage('output')
    options.context.stop.addEventListener('abort', () => this.#hurry())
    this.#waitForLink()
  }

  get ended(): AbortSignal {
    return this.#ending.signal
  }

  onEnd(act: () => void): void {
    this.ended.addEventListener('abort', act)
  }

  /** Packets of at most N at a time go out as soon as there is room for them. */
  async write(batch: Batch): Promise<void> {
    let next = 0
    this.#encoder ??= this.#encoderFor(batch)
    while (next < batch.length) {
      if (this.#failure) throw this.#failure
      const { most } = this.#options
      const room = most - this.#window.length
      // A little room is not used for a little write: all that is under way will be acknowledged, and make more.
      if (room < Math.min(Math.max(1, most >> 2), batch.length - next)) {
        await this.#changed()
        continue
      }
      const piece = batch.slice(next, next + room).map(packet => this.#identified(packet))
      next += piece.length
      for (const packet of piece) this.#window.push(packet)
      this.#count.out += piece.length
      await this.#send(piece)
    }
  }

  /** Durable is what the receiver has made durable. */
  async commit(): Promise<void> {
    while (this.#window.length > 0) {
      if (this.#failure) throw this.#failure
      await this.#changed()
    }
  }

  async close(): Promise<void> {
    try {
      await this.commit()
      await this.#sayGoodbye()
    } finally {
      this.#ending.abort('closed')
      this.#lost?.stop()
    }
    if (this.#link) await hangUp(this.#link.socket)
  }

  async abort(): Promise<void> {
    this.#ending.abort('aborted')
    this.#lost?.stop()
    this.#link?.socket.destroy()
  }

  /** A receiver has come while listening: there is one at a time. */
  offer(socket: Socket): void {
    if (this.#link) {
      this.#options.context.warn(`${this.#where}: a second receiver was refused`)
      socket.destroy()
    } else this.use(socket)
  }

  /** Sends over this connection until it is gone. */
  use(socket: Socket): Promise<void> {
    this.#lost?.stop()
    return new Promise(resolve => {
      const link = new AckLink(socket, {
        acknowledged: packets => {
          this.#window.splice(0, packets)
          this.#stir()
        },
        broken: reason => {
          this.#break(reason)
          resolve()
        },
        silent: () => this.#complain(),
        writable: () => this.#stir(),
      })
      this.#link = link
      link.greet({ ack: this.#options.most, sender: this.#name })
      if (this.#window.length > 0) this.#count.bytes += link.send(this.#window, this.#encoder)
    })
  }

  fail(error: unknown): void {
    if (this.ended.aborted || this.#failure) return
    const reason = systemReason(error).replace(`${this.#where}: `, '')
    this.#failure = new CarrierError(this.#where, `${reason}${this.#unacknowledged}`, { cause: error })
    this.#ending.abort('failed')
    this.#lost?.stop()
    this.#stir()
  }

  get #where(): string {
    return this.#options.address.name
  }

  get #unacknowledged(): string {
    const length = this.#window.length - (this.#goodbye ? 1 : 0)
    return length <= 0 ? '' : `; ${length} ${length === 1 ? 'packet is' : 'packets are'} unacknowledged`
  }

  async #send(piece: readonly Packet[]): Promise<void> {
    const link = this.#link
    if (!link) return
    this.#count.bytes += link.send(piece, this.#encoder)
    while (this.#link === link && link.isFull) await this.#changed()
  }

  /** All is durable already: a receiver that is gone, or hears no more, is not waited for much longer. */
  async #sayGoodbye(): Promise<void> {
    const goodbye = goodbyePacket(this.#name, this.#id())
    this.#encoder ??= this.#encoderFor([goodbye])
    this.#goodbye = true
    this.#window.push(goodbye)
    this.#link?.send([goodbye], this.#encoder)
    const deadline = setTimeout(() => {
      this.#window = []
      this.#stir()
    }, GOODBYE_MS)
    try {
      await this.commit()
    } catch {
      // It could not be said, but nothing is lost by that.
    } finally {
      clearTimeout(deadline)
    }
  }

  #identified(packet: Packet): Packet {
    if (packet.meta['id'] !== undefined) return packet
    return { meta: { ...packet.meta, id: this.#id() }, data: packet.data }
  }

  /** A connection may begin anywhere in the stream, so what the format says must not depend on what went before. */
  #encoderFor(first: Batch): Encoder {
    const { encode, endpoint } = this.#options
    const { shared, encoder } = encode(first)
    if (!shared) throw new UsageError(`${endpoint.text}: only ndjson and frames can be acknowledged`)
    return encoder
  }

  #break(reason: string): void {
    this.#link = undefined
    if (!this.ended.aborted) {
      this.#options.context.warn(`${this.#where}: ${reason}${this.#unacknowledged}, waiting for the next connection`)
      this.#waitForLink()
    }
    this.#stir()
  }

  /** Where nobody connects, nothing else would notice that the link stays dead. */
  #waitForLink(): void {
    const wait = waitOf(this.#options.endpoint)
    this.#lost?.stop()
    if (this.#options.context.stop.aborted) this.#hurry()
    else this.#lost = new Timer(wait, () => this.fail(new Error(`no connection for ${formatDuration(wait)}`)))
  }

  #hurry(): void {
    if (this.#link || this.ended.aborted) return
    this.#lost?.stop()
    const wait = Math.min(STOPPED_MS, waitOf(this.#options.endpoint))
    this.#lost = new Timer(wait, () => this.fail(new Error('stopped, and there is no connection')))
  }

  #complain(): void {
    this.#options.context.warn(
      `${this.#where}: no answer for ${formatDuration(ANSWER_MS)}: does the receiver have ?ack, too?`,
    )
  }

  #changed(): Promise<void> {
    return new Promise(resolve => {
      const before = this.#change
      this.#change = () => {
        before()
        resolve()
      }
    })
  }

  #stir(): void {
    const change = this.#change
    this.#change = () => {}
    change()
  }
}
