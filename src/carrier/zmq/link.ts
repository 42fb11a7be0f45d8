// One connection to a peer: its socket, and the session that understands its bytes.

import type { Socket } from 'node:net'
import { CarrierError, systemReason } from '../../errors.ts'
import { Timer } from '../../timer.ts'
import { formatDuration } from '../../units.ts'
import { encodeClear } from '../../zmtp/frame.ts'
import type { Mechanism } from '../../zmtp/mechanism.ts'
import type { Message } from '../../zmtp/message.ts'
import type { Received, Subscription } from '../../zmtp/received.ts'
import type { Session } from '../../zmtp/session.ts'
import type { Supplier } from './arrivals.ts'
import type { Wire } from './outbox.ts'
import type { EncodeMessages } from './outgoing.ts'
import type { Reading } from './reading.ts'
import { Silence } from './silence.ts'

/** What a peer's connection is used for once the handshake is done. */
export interface LinkUser {
  messages?(messages: readonly Message[]): void
  subscriptions?(changes: readonly Subscription[]): void
  /** The system has taken all that was written. */
  flushed?(): void
  /** The connection is over, and why if it was not by this side's will. */
  over(reason: Error | undefined): void
}

export interface LinkOptions {
  readonly name: string
  readonly socket: Socket
  readonly session: Session
  /** Of a socket that reads by `onread`. */
  readonly reading?: Reading
  /** Milliseconds between signs of life that are asked for. */
  readonly heartbeat: number
  /** The handshake is done: gives the user, or nothing where it came too late. */
  readonly ready: (link: Link) => LinkUser | undefined
  /** After the user's `over`. */
  readonly over: (link: Link, reason: Error | undefined) => void
}

const HANDSHAKE_MS = 10_000
/** A peer that does not take the answers it asks for is not read from until it has. */
const MOST_UNTAKEN = 64 * 1024

export class Link implements Wire, Supplier {
  readonly name: string
  readonly #options: LinkOptions
  readonly #socket: Socket
  readonly #session: Session
  readonly #deadline: Timer
  #pulse: Silence | undefined
  #promised: { readonly milliseconds: number; readonly silence: Silence } | undefined
  #user: LinkUser | undefined
  #isOver = false
  #heldByUser = false
  #heldByAnswers = false

  constructor(options: LinkOptions) {
    const { name, socket, session, reading } = options
    this.name = name
    this.#options = options
    this.#socket = socket
    this.#session = session
    this.#deadline = new Timer(HANDSHAKE_MS, () =>
      this.fail(new CarrierError(name, `no handshake within ${formatDuration(HANDSHAKE_MS)}`)),
    )
    // An accepted socket cannot read into memory of our choice: the parts that are large are copied into theirs.
    if (reading) {
      reading.target = {
        room: () => session.room(),
        filled: bytes => this.#receive(session.filled(bytes)),
        push: bytes => this.#push(bytes),
      }
    } else socket.on('data', (chunk: Uint8Array) => this.#push(chunk))
    socket.on('end', () => this.#end(new CarrierError(name, 'the peer went away')))
    socket.on('error', error => this.#end(new CarrierError(name, systemReason(error), { cause: error })))
    socket.on('close', () => this.#end(new CarrierError(name, 'the connection is closed')))
    this.write(session.start())
  }

  get isReady(): boolean {
    return this.#user !== undefined
  }

  /** This side's. */
  get mechanism(): Mechanism['name'] {
    return this.#session.mechanism
  }

  get waiting(): number {
    return this.#isOver || this.#socket.destroyed ? Number.POSITIVE_INFINITY : this.#socket.writableLength
  }

  /** Whether messages have the same bytes as for every other peer in the clear. */
  get clear(): boolean {
    return this.#session.ready?.mechanism !== 'CURVE'
  }

  get encode(): EncodeMessages {
    return this.clear ? encodeClear : messages => this.#session.encode(messages)
  }

  /** All in one write: a publisher that waits for a subscriber begins with the first it hears of. */
  subscribe(prefixes: readonly Uint8Array[]): void {
    if (prefixes.length > 0) this.write(prefixes.flatMap(prefix => this.#session.subscribe(prefix)))
  }

  cancel(prefix: Uint8Array): void {
    this.write(this.#session.cancel(prefix))
  }

  write(chunks: readonly Uint8Array[]): void {
    const socket = this.#socket
    const last = chunks.length - 1
    if (last < 0 || this.#isOver || !socket.writable) return
    if (last > 0) socket.cork()
    for (let index = 0; index < last; index++) socket.write(chunks[index] ?? NOTHING)
    socket.write(chunks[last] ?? NOTHING, this.#onFlushed)
    if (last > 0) socket.uncork()
  }

  pause(): void {
    this.#heldByUser = true
    this.#socket.pause()
  }

  resume(): void {
    this.#heldByUser = false
    this.#resume()
  }

  /** Ends it: the peer is told, and whoever uses the link. */
  fail(reason: Error): void {
    if (this.#isOver) return
    const farewell = this.#session.farewell()
    if (farewell.length === 0 || this.waiting > 0) this.#socket.destroy()
    else this.#socket.end(Buffer.concat(farewell), () => this.#socket.destroy())
    this.#end(reason)
  }

  cut(): void {
    this.#socket.destroy()
    this.#end(undefined)
  }

  /** Ends after all that was written; resolves when the peer has closed its side, too, or has had this long to. */
  hangUp(milliseconds: number): Promise<void> {
    const socket = this.#socket
    this.#end(undefined)
    return new Promise(resolve => {
      if (socket.destroyed) return resolve()
      const timer = new Timer(milliseconds, () => socket.destroy())
      socket.once('close', () => {
        timer.stop()
        resolve()
      })
      socket.end()
      socket.resume()
    })
  }

  readonly #onFlushed = (): void => {
    if (this.#isOver || this.#socket.writableLength > 0) return
    if (this.#heldByAnswers) {
      this.#heldByAnswers = false
      this.#resume()
    }
    this.#user?.flushed?.()
  }

  #push(bytes: Uint8Array): void {
    if (!this.#isOver) this.#receive(this.#session.push(bytes))
  }

  #receive(received: Received): void {
    if (this.#isOver) return
    const { reply, subscriptions, messages, failure } = received
    if (reply.length > 0) this.#answer(reply)
    if (!this.#user && this.#session.ready) this.#begin()
    if (this.#session.timeToLive > 0) this.#isNeverSilent(this.#session.timeToLive)
    if (subscriptions.length > 0) this.#user?.subscriptions?.(subscriptions)
    if (messages.length > 0) this.#user?.messages?.(messages)
    if (failure) this.fail(failure)
  }

  #begin(): void {
    this.#deadline.stop()
    const { heartbeat, ready } = this.#options
    this.#user = ready(this)
    if (!this.#user) this.cut()
    else if (heartbeat < Number.POSITIVE_INFINITY) this.#pulse = this.#notice(heartbeat, () => this.#ask(heartbeat))
  }

  /** Asks for a sign of life; false where the peer's ZMTP does not know the question. */
  #ask(heartbeat: number): boolean {
    const question = this.#session.ping(heartbeat * 2, NOTHING)
    this.write(question)
    return question.length > 0
  }

  /** The peer has said that it is never silent for longer. */
  #isNeverSilent(milliseconds: number): void {
    if (this.#promised?.milliseconds === milliseconds) return
    this.#promised?.silence.stop()
    this.#promised = { milliseconds, silence: this.#notice(milliseconds) }
  }

  #notice(every: number, ask?: () => boolean): Silence {
    return new Silence({
      every,
      heard: () => this.#socket.bytesRead,
      held: () => this.#heldByUser || this.#heldByAnswers,
      ...(ask && { ask }),
      silent: () => this.fail(new CarrierError(this.name, `no sign of life for ${formatDuration(every)}`)),
    })
  }

  #answer(reply: readonly Uint8Array[]): void {
    this.write(reply)
    if (this.waiting <= MOST_UNTAKEN) return
    this.#heldByAnswers = true
    this.#socket.pause()
  }

  #resume(): void {
    if (!this.#heldByUser && !this.#heldByAnswers && !this.#isOver) this.#socket.resume()
  }

  #end(reason: Error | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#deadline.stop()
    this.#pulse?.stop()
    this.#promised?.silence.stop()
    this.#user?.over(reason)
    this.#options.over(this, reason)
  }
}

const NOTHING = new Uint8Array(0)
