// The receiving side of an acknowledged link: what came twice is dropped, what is durable is acknowledged.

import type { Socket } from 'node:net'
import { LruMap } from '../lru-map.ts'
import type { Batch } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { merge } from '../stream/merge.ts'
import type { Source } from '../stream/step.ts'
import type { Endpoint } from '../url.ts'
import { ackLine, ControlLines, type Hello, helloOf, isGoodbye } from './ack.ts'
import type { CarrierContext, Decode } from './carrier.ts'
import type { Address } from './socket.ts'
import { type Incoming, incoming } from './socket-source.ts'

const FEWEST_REMEMBERED = 64
/** Senders whose ids are remembered; the one that has not connected for longest is forgotten. */
const MOST_SENDERS = 4096

/** `most` is the N of this side; the sender's hello says its own. */
export function ackSource(
  endpoint: Endpoint,
  address: Address,
  context: CarrierContext,
  decode: Decode,
  most: number,
): Source {
  const senders = new LruMap<string, RecentIds>(MOST_SENDERS)
  const count = context.ledger.stage('input')
  const { closed, warn } = context

  function recentOf({ sender, ack }: Hello): RecentIds {
    return senders.getOrMake(sender, () => new RecentIds(2 * Math.max(most, ack, FEWEST_REMEMBERED)))
  }
  async function* sources(): AsyncGenerator<Source> {
    const open = new Map<Socket, Replies>()
    // What is being made durable is still acknowledged after the stop, but not when nobody makes it durable.
    const leave = (socket: Socket) => open.get(socket)?.leave()
    closed?.addEventListener('abort', () => {
      for (const replies of open.values()) replies.giveUp()
    })
    for await (const connection of incoming(endpoint, address, context, { leave, judged: true })) {
      const { socket } = connection
      const replies = new Replies(socket)
      open.set(socket, replies)
      socket.once('close', () => open.delete(socket))
      yield acknowledged(connection, replies, { recentOf, decode, count, warn })
    }
  }
  return merge(sources(), () => {})
}

interface Surroundings {
  readonly recentOf: (hello: Hello) => RecentIds
  readonly decode: Decode
  readonly count: StageCount
  readonly warn: (message: string) => void
}

/** One connection's packets. A batch whose packets all came before is empty, and still to be acknowledged. */
async function* acknowledged(
  { name, bytes, judge }: Incoming,
  replies: Replies,
  { recentOf, decode, count, warn }: Surroundings,
): AsyncGenerator<Batch> {
  let goodbye = false
  try {
    const stream = bytes[Symbol.asyncIterator]()
    const lines = new ControlLines()
    const hello = await heard(lines, stream)
    if (!hello) {
      if (!lines.isEmpty) warn(`${name}: refused: the sender does not ask for acknowledgement (?ack=N)`)
      return replies.cut()
    }
    const recent = recentOf(hello)
    replies.answer()
    const channel = { name, bytes: remaining(lines.rest, stream), resent: true, onReject: () => replies.rejected() }
    for await (const batch of decode(channel)) {
      const packets = batch.filter(({ meta }) => !isGoodbye(meta, hello.sender))
      goodbye ||= packets.length < batch.length
      const fresh = recent.fresh(packets)
      count.in -= batch.length - packets.length
      count.duplicate += packets.length - fresh.length
      yield Object.assign(fresh, { acknowledge: replies.received(batch.length) })
    }
    replies.leave()
  } finally {
    judge(goodbye)
  }
}

/** The first line, if it is a hello. */
async function heard(lines: ControlLines, stream: AsyncIterator<Uint8Array>): Promise<Hello | undefined> {
  while (!lines.isTooLong) {
    const next = await stream.next()
    if (next.done) return undefined
    lines.push(next.value)
    const line = lines.take()
    if (line !== undefined) return helloOf(line)
  }
  return undefined
}

async function* remaining(first: Uint8Array, stream: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  for (let next = await stream.next(); !next.done; next = await stream.next()) yield next.value
}

/** What is said to one sender: a running number of packets, in the order in which they came. */
class Replies {
  readonly #socket: Socket
  #received = 0
  #acked = 0
  /** Batches on their way through the sink. */
  #pending = 0
  #leaving = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** The function that acknowledges these packets and all before them. */
  received(packets: number): () => void {
    this.#received += packets
    this.#pending++
    const upTo = this.#received
    return () => {
      this.#pending--
      this.#say(upTo)
      if (this.#pending === 0 && this.#acked < this.#received) this.#say(this.#received)
      if (this.#leaving && this.#pending === 0) this.#socket.end()
    }
  }

  /** What cannot be read will not be read better the second time. */
  rejected(): void {
    this.#received++
    // First comes the batch that was read together with it, and may stand before it.
    setImmediate(() => {
      if (this.#pending === 0 && this.#acked < this.#received) this.#say(this.#received)
    })
  }

  answer(): void {
    this.#socket.write(ackLine(0))
  }

  /** Reads no more, and ends the connection when the last batch is acknowledged. */
  leave(): void {
    this.#leaving = true
    if (this.#pending === 0) this.#socket.end()
  }

  cut(): void {
    this.#socket.destroy()
  }

  /** Nobody will acknowledge what is on its way. */
  giveUp(): void {
    if (this.#pending > 0) this.cut()
    else this.leave()
  }

  #say(count: number): void {
    if (count <= this.#acked || !this.#socket.writable) return
    this.#acked = count
    this.#socket.write(ackLine(count))
  }
}

/** The last ids of one sender. */
class RecentIds {
  readonly #known = new Set<unknown>()
  /** The same ids by age: the one at `#next` is the oldest. */
  readonly #ring: unknown[] = []
  readonly #most: number
  #next = 0

  constructor(most: number) {
    this.#most = most
  }

  /** The packets whose ids are new, which from now on are known. */
  fresh(batch: Batch): Batch {
    return batch.filter(packet => {
      const { id } = packet.meta
      if (id === undefined) return true
      if (this.#known.has(id)) return false
      this.#known.add(id)
      if (this.#ring.length === this.#most) this.#known.delete(this.#ring[this.#next])
      this.#ring[this.#next] = id
      this.#next = (this.#next + 1) % this.#most
      return true
    })
  }
}
