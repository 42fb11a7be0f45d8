// One ZMTP 3.1 connection without its socket: bytes in, messages out, and the other way round.

import { asBuffer } from '../codec/gather.ts'
import { command, errorCommand, readCommand } from './command.ts'
import { commandFrame, encodeClear, encodeSealed } from './frame.ts'
import { FrameReader } from './frame-reader.ts'
import { type Greeting, GreetingReader, greetingBytes } from './greeting.ts'
import { type Handshake, type Mechanism, Refused } from './mechanism.ts'
import { type Message, partnersOf, type SocketType } from './message.ts'
import { type Properties, propertyOf } from './metadata.ts'
import { printable } from './printable.ts'
import type { Received, Receiving } from './received.ts'
import { CANCELS, MOST_COMMAND, MOST_CONTEXT, SUBSCRIBES, Traffic, TTL_UNIT } from './traffic.ts'

export interface SessionOptions {
  readonly type: SocketType
  readonly mechanism: Mechanism
  /** Bytes of all parts of a message; a longer one ends the session. */
  readonly maxMessage: number
  /** The peer's name in errors. */
  readonly place: string
}

/** Who is at the other end. */
export interface PeerInfo {
  /** Absent where the peer did not say. */
  readonly type: SocketType | undefined
  readonly properties: Properties
  readonly major: number
  readonly minor: number
  readonly mechanism: Mechanism['name']
}

/** The greatest time to live, in units. */
const MOST_TTL = 65535

/**
 * Send what `start` gives, then give what comes to `push`. Nothing is thrown for what a peer does: it is the `failure`
 * of what was received, after which `farewell` gives what is still to be sent before the connection is closed.
 */
export class Session {
  /** Set when messages may be sent. */
  ready: PeerInfo | undefined
  readonly #options: SessionOptions
  readonly #greeter = new GreetingReader()
  /** The peer's. */
  #greeting: Greeting | undefined
  readonly #reader = new FrameReader()
  readonly #handshake: Handshake
  #failure: Refused | undefined
  #traffic: Traffic | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#handshake = options.mechanism.handshake({ 'Socket-Type': Buffer.from(options.type) })
    // Of all commands of the handshake.
    this.#reader.commandLimit = MOST_COMMAND
  }

  /** This side's, which the peer's has to be, too. */
  get mechanism(): Mechanism['name'] {
    return this.#options.mechanism.name
  }

  /** Milliseconds after which the peer, as its last PING says, is dead if nothing comes; 0 for any time. */
  get timeToLive(): number {
    return this.#traffic?.timeToLive ?? 0
  }

  /** Messages and commands that a peer of this type has no reason to send. They were dropped. */
  get ignored(): number {
    return this.#traffic?.ignored ?? 0
  }

  /** What this side says at once: its greeting. */
  start(): readonly Uint8Array[] {
    return [greetingBytes(this.#options.mechanism)]
  }

  /** Takes the next bytes of the stream, in any cut. Parts may be views of them. */
  push(bytes: Uint8Array): Received {
    return this.#receive(received => {
      let rest = asBuffer(bytes)
      if (!this.#greeting) rest = this.#greet(rest, received)
      this.#reader.feed(rest)
      this.#takeFrames(received)
    })
  }

  /**
   * While a part of 64 KiB or more is under way: the memory that the next bytes of the stream belong in. After reading
   * into it call `filled` instead of `push`.
   */
  room(): Uint8Array | undefined {
    return this.#failure ? undefined : this.#reader.room()
  }

  /** So many bytes were read into what `room` gave last. */
  filled(bytes: number): Received {
    return this.#receive(received => {
      this.#reader.filled(bytes)
      this.#takeFrames(received)
    })
  }

  /** The bytes of messages, once `ready`: small parts joined, parts from 64 KiB on by reference where they are not sealed. */
  encode(messages: readonly Message[]): readonly Uint8Array[] {
    const seal = this.#seal
    return seal ? encodeSealed(messages, seal) : encodeClear(messages)
  }

  subscribe(prefix: Uint8Array): readonly Uint8Array[] {
    return this.#subscription('SUBSCRIBE', SUBSCRIBES, prefix)
  }

  /** Undoes one `subscribe` of the same prefix. */
  cancel(prefix: Uint8Array): readonly Uint8Array[] {
    return this.#subscription('CANCEL', CANCELS, prefix)
  }

  /**
   * Asks for a sign of life. Nothing for a peer of ZMTP 3.0, which need not know it. `ttl` are the milliseconds (at most
   * 6,553,500; 0 for any time) after which the peer may take this side for dead; `context`, at most 16 bytes, comes back.
   */
  ping(ttl: number, context: Uint8Array): readonly Uint8Array[] {
    if (!this.#speaks31()) return []
    const body = Buffer.alloc(2 + Math.min(MOST_CONTEXT, context.length))
    body.writeUInt16BE(Math.min(MOST_TTL, Math.ceil(ttl / TTL_UNIT)))
    body.set(context.subarray(0, MOST_CONTEXT), 2)
    return [commandFrame(command('PING', body), this.#seal)]
  }

  /** What is to be sent before the connection is closed: why a handshake failed. */
  farewell(): readonly Uint8Array[] {
    const failure = this.#failure
    if (!failure || failure.byPeer || !this.#greeting || this.ready) return []
    const { name, asServer } = this.#options.mechanism
    // A client of CURVE is not to send ERROR (RFC 26).
    if (name === 'CURVE' && !asServer) return []
    return [commandFrame(errorCommand(failure.told))]
  }

  #receive(take: (received: Receiving) => void): Received {
    const received: Receiving = { messages: [], subscriptions: [], reply: [], pongs: [], failure: this.#failure }
    if (this.#failure) return received
    try {
      take(received)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { reason, told, byPeer } = error
      const options = { told, source: this.#options.place, cause: error.cause }
      this.#failure = new Refused(reason, byPeer ? { ...options, byPeer } : options)
      received.failure = this.#failure
    }
    // Whoever asks thousands of times is not answered with as many writes.
    if (received.reply.length > 1) received.reply.push(Buffer.concat(received.reply.splice(0)))
    return received
  }

  #greet(bytes: Buffer, received: Receiving): Buffer {
    const rest = this.#greeter.push(bytes)
    const { greeting } = this.#greeter
    if (!greeting) return rest
    const { name, asServer } = this.#options.mechanism
    if (greeting.mechanism !== name) {
      throw new Refused(`the peer has the mechanism "${greeting.mechanism}", expected ${name}`)
    }
    // libzmq never says that it is a server, so that of two clients only the second command tells.
    if (asServer && greeting.asServer) throw new Refused(`both ends are servers of ${name}, expected a client`)
    this.#greeting = greeting
    const first = this.#handshake.begin()
    if (first) received.reply.push(commandFrame(first))
    return rest
  }

  #takeFrames(received: Receiving): void {
    const reader = this.#reader
    while (reader.next()) {
      if (this.#traffic) this.#traffic.frame(reader.flags, reader.body, received)
      else this.#handshakeFrame(reader.body, received)
    }
  }

  #handshakeFrame(body: Buffer, received: Receiving): void {
    const handshake = this.#handshake
    this.#reader.commandLimit -= body.length
    const answer = handshake.receive(readCommand(body))
    const { peer } = handshake
    if (peer && this.#greeting) this.#begin(peer, this.#greeting)
    if (answer) received.reply.push(commandFrame(answer))
  }

  /** The handshake is done: from here on there is traffic, if the peer is one to talk to. */
  #begin(properties: Properties, { major, minor }: Greeting): void {
    const { type, mechanism, maxMessage } = this.#options
    const named = propertyOf(properties, 'Socket-Type')
    const partner = partnersOf(type).find(known => named && Buffer.from(known).equals(named))
    if (named && !partner) {
      throw new Refused(`a peer of the type "${printable(named, 16)}", expected ${partnersOf(type).join(' or ')}`)
    }
    this.ready = { type: partner, properties, major, minor, mechanism: mechanism.name }
    this.#traffic = new Traffic({ type, maxMessage, reader: this.#reader, handshake: this.#handshake })
  }

  #subscription(name: 'SUBSCRIBE' | 'CANCEL', first: number, prefix: Uint8Array): readonly Uint8Array[] {
    if (this.#speaks31()) return [commandFrame(command(name, prefix), this.#seal)]
    return this.encode([[Buffer.concat([Uint8Array.of(first), prefix])]])
  }

  /** Before the handshake is done nothing can be sent: it would go out in the clear. */
  get #seal(): Handshake['seal'] {
    if (!this.ready) throw new Error('the handshake with the peer is not done')
    return this.#handshake.seal?.bind(this.#handshake)
  }

  #speaks31(): boolean {
    return this.ready !== undefined && (this.ready.major > 3 || this.ready.minor > 0)
  }
}
