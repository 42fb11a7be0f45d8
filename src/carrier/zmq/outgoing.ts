// Packets on their way out: as messages and as bytes, each made once however many peers they go to.

import type { Batch, Packet } from '../../packet.ts'
import type { Message } from '../../zmtp/message.ts'

/** From so many bytes on, a slice is handed to the socket. */
export const SLICE = 64 * 1024

/** The bytes of messages as a peer in the clear gets them. */
export type EncodeMessages = (messages: readonly Message[]) => readonly Uint8Array[]

/** Messages next to each other that go out in one write. */
export class Slice {
  readonly messages: readonly Message[]
  readonly from: number
  /** The index after the last one. */
  readonly to: number
  readonly #encode: EncodeMessages
  #encoded: readonly Uint8Array[] | undefined

  constructor(messages: readonly Message[], from: number, to: number, encode: EncodeMessages) {
    this.messages = messages
    this.from = from
    this.to = to
    this.#encode = encode
    this.#encoded = undefined
  }

  /** In the clear. */
  get encoded(): readonly Uint8Array[] {
    this.#encoded ??= this.#encode(this.messages)
    return this.#encoded
  }
}

/** One batch, or those of its messages that a peer wants. */
export class Outgoing {
  readonly length: number
  readonly #messageAt: (index: number) => Message | undefined
  readonly #encode: EncodeMessages
  readonly #slices: Slice[] = []

  /** `messageAt` gives nothing for a packet that cannot be sent. */
  constructor(length: number, messageAt: (index: number) => Message | undefined, encode: EncodeMessages) {
    this.length = length
    this.#messageAt = messageAt
    this.#encode = encode
  }

  message(index: number): Message | undefined {
    return this.#messageAt(index)
  }

  /** What goes out at once from an index on: at least one message if there is any, and no more once it is large. */
  slice(from: number): Slice {
    for (const slice of this.#slices) if (slice.from === from) return slice
    const messages: Message[] = []
    let bytes = 0
    let to = from
    while (to < this.length && bytes < SLICE) {
      const message = this.#messageAt(to++)
      if (!message) continue
      messages.push(message)
      bytes += sizeOf(message)
    }
    const slice = new Slice(messages, from, to, this.#encode)
    this.#slices.push(slice)
    return slice
  }

  /** The messages that pass, for a peer that does not want all. */
  filter(wanted: (message: Message) => boolean): Outgoing {
    const kept: Message[] = []
    for (let index = 0; index < this.length; index++) {
      const message = this.#messageAt(index)
      if (message && wanted(message)) kept.push(message)
    }
    return new Outgoing(kept.length, index => kept[index], this.#encode)
  }
}

/** A message is made when it is first asked for: what `latest` replaces at once is never made. */
export function outgoing(
  batch: Batch,
  make: (packet: Packet) => Message | undefined,
  encode: EncodeMessages,
): Outgoing {
  const made: (Message | undefined | null)[] = []
  const messageAt = (index: number): Message | undefined => {
    const packet = batch[index]
    if (made[index] === undefined && packet) made[index] = make(packet) ?? null
    return made[index] ?? undefined
  }
  return new Outgoing(batch.length, messageAt, encode)
}

/** Bytes of all parts. */
export function sizeOf(message: Message): number {
  let bytes = 0
  for (const part of message) bytes += part.length
  return bytes
}
