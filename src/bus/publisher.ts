// Publishes at our own broker: what it has not confirmed is kept, and sent again over the next connection.

import type { Socket } from 'node:net'
import { hangUp } from '../carrier/socket.ts'
import { SocketWriter } from '../carrier/socket-writer.ts'
import { autoDecoder, codecFor } from '../codec/index.ts'
import { CarrierError, systemReason } from '../errors.ts'
import { type Batch, isObject, type JsonObject } from '../packet.ts'
import type { Encoder, Sink } from '../stream/step.ts'
import { addressed } from './addressed.ts'
import type { BusContext, PublishOptions } from './bus.ts'
import { Condition } from './condition.ts'
import { type Door, enter, greeting, SILENT, words } from './door.ts'
import { Hearing } from './said.ts'

/** Unconfirmed packets and bytes from which on the writer waits. */
const WINDOW_PACKETS = 65_536
const WINDOW_BYTES = 16 * 2 ** 20

interface Piece {
  readonly chunks: readonly Uint8Array[]
  readonly packets: Batch
  readonly bytes: number
}

export async function publisher(door: Door, options: PublishOptions, context: BusContext): Promise<Sink> {
  const { topic, subscribers = 0 } = options
  const stage = addressed(topic, context.reject)
  const count = context.ledger.stage('output')
  const link = new PublisherLink(door, options, context)
  let encoder: Encoder | undefined
  await link.open()
  if (topic !== undefined && subscribers > 0) await link.reaching(topic, subscribers)
  return {
    write(batch: Batch) {
      const packets = stage.push(batch)
      const [first] = packets
      if (!first) return
      encoder ??= codecFor(first).encoder({ reject: context.reject })
      const chunks = encoder.push(packets)
      let bytes = 0
      for (const chunk of chunks) bytes += chunk.length
      count.out += packets.length
      count.bytes += bytes
      return link.send({ chunks, packets, bytes })
    },
    commit: () => link.confirmed(),
    async close() {
      await link.confirmed()
      await link.close()
    },
    abort: () => link.close(),
  }
}

/** A connection that is made again when it breaks, and what has not been confirmed over it. */
class PublisherLink {
  readonly #door: Door
  readonly #options: PublishOptions
  readonly #context: BusContext
  #socket: Socket | undefined
  #writer: SocketWriter | undefined
  #reached = false
  #pieces: Piece[] = []
  #packets = 0
  #bytes = 0
  /** Confirmed over this connection. */
  #seen = 0
  /** Connections, the last ones, over which nothing was heard. */
  #silent = 0
  #isClosed = false
  readonly #condition = new Condition()

  constructor(door: Door, options: PublishOptions, context: BusContext) {
    this.#door = door
    this.#options = options
    this.#context = context
  }

  async open(): Promise<void> {
    const socket = await enter(this.#door, this.#context, this.#silent++)
    if (!socket) throw new CarrierError(this.#door.address.name, 'stopped before it was connected')
    if (this.#isClosed) return hangUp(socket)
    this.#socket = socket
    this.#writer = new SocketWriter(socket, error => error)
    this.#seen = 0
    const decoder = autoDecoder({ source: this.#door.address.name, reject: this.#context.reject })
    let reason: string | undefined
    const hearing = new Hearing(said => this.#hear(said))
    socket.on('data', (chunk: Buffer) => void hearing.push(decoder.push(chunk)))
    socket.on('error', error => {
      reason = systemReason(error)
    })
    socket.on('close', () => {
      if (this.#socket === socket) this.#again(reason ?? (this.#silent > 0 ? SILENT : 'the broker went away'))
    })
    this.#write([...greeting('lines', this.#door), words('lines', this.#mode)])
    for (const { chunks } of this.#pieces) this.#write(chunks)
  }

  /** Resolves when so many subscribers would get a packet of the topic, or when stopped. */
  async reaching(topic: string, subscribers: number): Promise<void> {
    const { stop } = this.#context
    const give = () => this.#condition.wake()
    stop.addEventListener('abort', give)
    this.#write([words('lines', { do: 'await', topic, subscribers })])
    await this.#condition.until(() => this.#reached || stop.aborted)
    stop.removeEventListener('abort', give)
  }

  /** Waits while too much is unconfirmed. */
  send(piece: Piece): void | Promise<void> {
    this.#condition.check()
    this.#pieces.push(piece)
    this.#packets += piece.packets.length
    this.#bytes += piece.bytes
    this.#write(piece.chunks)
    if (this.#packets > WINDOW_PACKETS || this.#bytes > WINDOW_BYTES)
      return this.#condition.until(() => this.#isHalfEmpty)
  }

  /** Resolves when the broker has all that was sent. */
  confirmed(): Promise<void> {
    return this.#condition.until(() => this.#pieces.length === 0)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const socket = this.#socket
    this.#socket = undefined
    if (socket) await hangUp(socket)
  }

  /** What is sent again may have come before. */
  get #mode(): JsonObject {
    const { retain, ttl, onReturned } = this.#options
    return {
      do: 'publish',
      confirm: true,
      ...(retain && { retain }),
      ...(ttl !== undefined && { ttl }),
      ...(onReturned && { returns: true }),
      ...(this.#packets > 0 && { again: this.#packets }),
    }
  }

  get #isHalfEmpty(): boolean {
    return this.#packets <= WINDOW_PACKETS / 2 && this.#bytes <= WINDOW_BYTES / 2
  }

  #write(chunks: readonly Uint8Array[]): void {
    const writer = this.#writer
    if (!writer || !this.#socket?.writable) return
    try {
      // Waiting is for the window: what lies in the socket has not been confirmed either.
      void writer.write(chunks)?.catch(ignore)
    } catch {
      // The socket has broken: its close is under way, and sends the piece again.
    }
  }

  #hear(said: JsonObject): void {
    this.#silent = 0
    if (typeof said['error'] === 'string')
      this.#condition.fail(new CarrierError(this.#door.address.name, said['error']))
    if (said['ok'] === 'await') {
      this.#reached = true
      this.#condition.wake()
    }
    if (isObject(said['returned'])) this.#return(said['returned'])
    if (typeof said['confirmed'] === 'number') this.#confirm(said['confirmed'])
  }

  #confirm(confirmed: number): void {
    let fresh = confirmed - this.#seen
    let gone = 0
    for (let first = this.#pieces[0]; first && first.packets.length <= fresh; first = this.#pieces[++gone]) {
      fresh -= first.packets.length
      this.#seen += first.packets.length
      this.#packets -= first.packets.length
      this.#bytes -= first.bytes
    }
    this.#pieces.splice(0, gone)
    this.#condition.wake()
  }

  /** Packets of this connection that nobody wanted, by their numbers from 1 on. */
  #return({ from, to }: JsonObject): void {
    if (typeof from !== 'number' || typeof to !== 'number') return
    const packets = this.#pieces.flatMap(piece => piece.packets)
    this.#options.onReturned?.(packets.slice(from - 1 - this.#seen, to - this.#seen))
  }

  #again(reason: string): void {
    const { stop, warn } = this.#context
    this.#socket = undefined
    this.#writer = undefined
    const isOver = () => stop.aborted && this.#pieces.length === 0
    if (this.#condition.hasFailed || isOver()) return
    warn(`${this.#door.address.name}: ${reason}, connecting again`)
    this.open().catch((error: unknown) => isOver() || this.#condition.fail(error))
  }
}

const ignore = () => {}
