// A ZeroMQ endpoint as input: SUB or PULL over connections that come and go.

import { JointMetas } from '../../codec/joint-metas.ts'
import { Parts } from '../../codec/parts.ts'
import type { Batch, Packet } from '../../packet.ts'
import type { PeerReports } from '../../stream/ledger.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Endpoint } from '../../url.ts'
import type { Message } from '../../zmtp/message.ts'
import type { CarrierContext } from '../carrier.ts'
import { Arrivals } from './arrivals.ts'
import { Departed } from './departed.ts'
import { checkGate, type Gate, openGate } from './gate.ts'
import { packetReader } from './layout.ts'
import type { Link, LinkUser } from './link.ts'
import { type ReceiverOptions, receiverOptions } from './options.ts'
import { sizeOf } from './outgoing.ts'

export interface ReceiverSurroundings {
  readonly type: 'SUB' | 'PULL'
  /** Takes messages that are no packets. */
  readonly reject: Rejecter
  /** Parse each meta at once. */
  readonly validate?: boolean
  /** Bytes of the longest message, where the endpoint does not say; default 1 GiB. */
  readonly maxPacket?: number
}

/** Batches of every peer, as they come; ends when stopped. Leaving the loop closes it. */
export interface ZmqSource extends AsyncIterableIterator<Batch, undefined> {
  /** Of a SUB: from now on also messages whose first part begins so. Whoever subscribes twice must cancel twice. */
  subscribe(topic: string): void
  cancel(topic: string): void
  /** The peers that are there, and the latest that have left. */
  peers(): PeerReports
  return(): Promise<IteratorResult<Batch, undefined>>
}

/** Throws a UsageError, before anything is opened, for an endpoint that is wrong in itself. */
export function checkReceiver(endpoint: Endpoint): void {
  checkGate(endpoint)
  receiverOptions(endpoint)
}

/** Resolves when it listens, or has begun to connect. */
export async function openReceiver(
  endpoint: Endpoint,
  context: CarrierContext,
  surroundings: ReceiverSurroundings,
): Promise<ZmqSource> {
  const receiver = new Receiver(receiverOptions(endpoint, surroundings.maxPacket), context, surroundings)
  await receiver.open(endpoint)
  return receiver
}

interface Sender {
  readonly link: Link
  received: number
}

class Receiver implements ZmqSource {
  readonly #options: ReceiverOptions
  readonly #context: CarrierContext
  readonly #surroundings: ReceiverSurroundings
  readonly #topics: Buffer[]
  readonly #senders = new Set<Sender>()
  readonly #departed = new Departed()
  readonly #arrivals: Arrivals
  #gate: Gate | undefined
  #isClosed = false

  constructor(options: ReceiverOptions, context: CarrierContext, surroundings: ReceiverSurroundings) {
    this.#options = options
    this.#context = context
    this.#surroundings = surroundings
    this.#topics = surroundings.type === 'SUB' ? options.topics.map(topic => Buffer.from(topic)) : []
    this.#arrivals = new Arrivals(() => this.#close())
    context.ledger.stage('input').countPeers(() => this.peers())
  }

  async open(endpoint: Endpoint): Promise<void> {
    const { stop } = this.#context
    this.#gate = await openGate({
      endpoint,
      context: this.#context,
      type: this.#surroundings.type,
      maxMessage: this.#options.maxMessage,
      joined: link => this.#join(link),
      failed: error => this.#arrivals.end(error),
    })
    if (this.#isClosed) this.#gate.close()
    else stop.addEventListener('abort', this.#onStop)
    if (stop.aborted) this.#onStop()
  }

  subscribe(topic: string): void {
    const prefix = Buffer.from(topic)
    this.#topics.push(prefix)
    for (const { link } of this.#senders) link.subscribe([prefix])
  }

  cancel(topic: string): void {
    const prefix = Buffer.from(topic)
    const at = this.#topics.findIndex(known => known.equals(prefix))
    if (at < 0) return
    this.#topics.splice(at, 1)
    for (const { link } of this.#senders) link.cancel(prefix)
  }

  peers(): PeerReports {
    return this.#departed.and([...this.#senders].map(({ link, received }) => [link.name, { received }]))
  }

  next(): Promise<IteratorResult<Batch, undefined>> {
    return this.#arrivals.next()
  }

  return(): Promise<IteratorResult<Batch, undefined>> {
    return this.#arrivals.return()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #join(link: Link): LinkUser {
    const sender: Sender = { link, received: 0 }
    this.#senders.add(sender)
    link.subscribe(this.#topics)
    const { reject, validate = false } = this.#surroundings
    const count = this.#context.ledger.stage('input')
    const read = packetReader({ layout: this.#options.layout, source: link.name, reject, validate })
    return {
      messages: messages => {
        const batch: Packet[] = []
        const failure = readAll(messages, read, batch)
        for (const message of messages) count.bytes += sizeOf(message)
        count.in += batch.length
        sender.received += batch.length
        this.#arrivals.push(batch, link)
        if (failure) this.#arrivals.end(failure)
      },
      over: () => {
        this.#senders.delete(sender)
        this.#departed.add(link.name, { received: sender.received })
      },
    }
  }

  readonly #onStop = (): void => this.#arrivals.end()

  #close(): void {
    this.#isClosed = true
    this.#context.stop.removeEventListener('abort', this.#onStop)
    this.#gate?.close()
    for (const { link } of [...this.#senders]) link.cut()
  }
}

/** Adds the packets to the batch; gives what the rejecter throws. */
function readAll(messages: readonly Message[], read: (message: Message) => Packet | undefined, batch: Packet[]) {
  let metas = new JointMetas()
  try {
    for (const message of messages) {
      const packet = read(message)
      if (!packet) continue
      batch.push(packet)
      if (metas.isFull) metas = new JointMetas()
      if (packet instanceof Parts) packet.join(metas)
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
  return undefined
}
