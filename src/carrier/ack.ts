// The words of an acknowledged link (`?ack=N`): what the two sides say besides packets.
//
// The sender begins each connection with one line that names it and the most packets it will have unacknowledged:
//   {"hello":{"ack":5,"sender":"0190b5d4-…"}}
// Packets follow as ndjson or frames, each with an `id`. The receiver answers on the same connection with lines
//   {"ack":0}
// at once, to say that it understood, and then whenever a batch is durable: the number of packets since the hello that
// need not be sent again. After a break the sender says hello on a new connection and sends all others again, in order
// and with the same ids, by which the receiver knows them. At the end, when all is acknowledged, a last packet
//   {"goodbye":"0190b5d4-…","id":"…"}
// with the sender's name tells the end of the stream from a broken connection. It is acknowledged like the others.

import { UsageError } from '../errors.ts'
import { type JsonObject, type Meta, type Packet, packet } from '../packet.ts'
import { parseCount } from '../units.ts'
import { type Endpoint, param } from '../url.ts'

export const ACK_PARAM = {
  name: 'ack',
  argument: 'N',
  summary: 'each packet arrives, once: at most N are unacknowledged; needed on both sides',
}

/** A longer control line is none. */
const LONGEST_LINE = 1024
const MOST_UNACKNOWLEDGED = 1_000_000

/** The N of `ack=N`, or nothing. */
export function ackOf(endpoint: Endpoint): number | undefined {
  const most = param(endpoint, 'ack', parseCount)
  if (most === 0 || (most ?? 0) > MOST_UNACKNOWLEDGED) {
    throw new UsageError(`${endpoint.text}: ack=${most}: expected 1 to ${MOST_UNACKNOWLEDGED}`)
  }
  return most
}

export interface Hello {
  readonly ack: number
  readonly sender: string
}

export function helloLine(hello: Hello): Uint8Array {
  return Buffer.from(`${JSON.stringify({ hello })}\n`)
}

export function helloOf(line: string): Hello | undefined {
  const hello = parsed(line)?.['hello']
  if (hello === null || typeof hello !== 'object' || !('sender' in hello)) return undefined
  const { ack, sender } = hello
  if (typeof ack !== 'number' || !(ack >= 1 && ack <= MOST_UNACKNOWLEDGED) || typeof sender !== 'string')
    return undefined
  return { ack, sender }
}

export function goodbyePacket(sender: string, id: string): Packet {
  return packet({ goodbye: sender, id })
}

/** Whether the packet is the last word of this sender, and no packet of the stream. */
export function isGoodbye(meta: Meta, sender: string): boolean {
  return meta['goodbye'] === sender
}

export function ackLine(count: number): Uint8Array {
  return Buffer.from(`{"ack":${count}}\n`)
}

export function ackedOf(line: string): number | undefined {
  const count = parsed(line)?.['ack']
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value: JsonObject | null | string | number = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Collects bytes until a line is whole. */
export class ControlLines {
  #held = Buffer.alloc(0)
  /** Nothing has been pushed. */
  isEmpty = true

  push(bytes: Uint8Array): void {
    this.isEmpty = false
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes])
  }

  /** The next line without its newline. */
  take(): string | undefined {
    const newline = this.#held.indexOf(0x0a)
    if (newline < 0) return undefined
    const line = this.#held.toString('utf8', 0, newline)
    this.#held = this.#held.subarray(newline + 1)
    return line
  }

  /** No control line is as long as what is held. */
  get isTooLong(): boolean {
    return this.#held.length > LONGEST_LINE
  }

  /** What came after the last line taken. */
  get rest(): Uint8Array {
    return this.#held
  }
}
