// Packets get the topic that they go to: written into their lines, which are looked at but not parsed.

import { Envelope } from '../codec/envelope.ts'
import { Line } from '../codec/line.ts'
import { readMeta } from '../codec/unreadable.ts'
import type { Packet } from '../packet.ts'
import type { Reject, Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'

const NEWLINE = 10
const CLOSE = 0x7d
const ORIGIN = { source: 'addressed', offset: 0, line: 1 }

/** Every packet gets the topic; without one, packets that have none of their own are rejected. */
export function addressed(topic: string | undefined, reject: Rejecter): Stage {
  const envelope = new Envelope()
  const value = topic === undefined ? undefined : Buffer.from(JSON.stringify(topic))

  function checked(packet: Packet): Packet | undefined {
    if (packet instanceof Line) {
      const found = envelope.scan(packet.buffer, packet.start, packet.end)
      if (found === 'data') return packet
      reject(fault(packet, found === 'control' ? 'no topic' : found))
      return undefined
    }
    const meta = readMeta(packet, reject)
    if (!meta) return undefined
    if (typeof meta['topic'] === 'string') return packet
    reject(fault(packet, 'no topic'))
    return undefined
  }
  function withTopic(packet: Packet): Packet | undefined {
    const meta = readMeta(packet, reject)
    return meta && { meta: { topic: topic ?? '', ...meta, ...(topic !== undefined && { topic }) }, data: packet.data }
  }
  return {
    push(batch) {
      const out: Packet[] = []
      const lines = value && new TopicLines(value, envelope, batch)
      for (const packet of batch) {
        const done = !lines ? checked(packet) : packet instanceof Line ? lines.add(packet, reject) : withTopic(packet)
        if (done) out.push(done)
      }
      return out
    },
  }
}

/** The lines of one batch with their topic, next to each other in one buffer. */
class TopicLines {
  readonly #value: Buffer
  readonly #envelope: Envelope
  readonly #buffer: Buffer
  #used = 0

  constructor(value: Buffer, envelope: Envelope, batch: readonly Packet[]) {
    this.#value = value
    this.#envelope = envelope
    let bytes = 0
    for (const packet of batch)
      if (packet instanceof Line) bytes += packet.end - packet.start + MEMBER.length + 2 + value.length
    this.#buffer = Buffer.allocUnsafeSlow(bytes)
  }

  add(line: Line, reject: Rejecter): Line | undefined {
    const envelope = this.#envelope
    const { buffer, start, end } = line
    const found = envelope.scan(buffer, start, end)
    const begin = this.#used
    if (found === 'data') {
      this.#copy(buffer, start, envelope.topicStart - 1)
      this.#copy(this.#value, 0, this.#value.length)
      this.#copy(buffer, envelope.topicEnd + 1, end)
    } else if (found === 'no topic' || found === 'control') {
      this.#copy(MEMBER, 0, MEMBER.length)
      this.#copy(this.#value, 0, this.#value.length)
      if (!isEmpty(buffer, start + 1)) this.#buffer[this.#used++] = COMMA
      this.#copy(buffer, start + 1, end)
    } else {
      reject(fault(line, found))
      return undefined
    }
    this.#buffer[this.#used++] = NEWLINE
    return new Line(this.#buffer, begin, this.#used - 1, ORIGIN)
  }

  #copy(from: Buffer, start: number, end: number): void {
    this.#used += from.copy(this.#buffer, this.#used, start, end)
  }
}

const MEMBER = Buffer.from('{"topic":')
const COMMA = 0x2c

function isEmpty(buffer: Buffer, from: number): boolean {
  let at = from
  while (buffer[at] === 0x20 || buffer[at] === 0x09 || buffer[at] === 0x0d) at++
  return buffer[at] === CLOSE
}

function fault(packet: Packet, reason: string): Reject {
  const place = 'place' in packet && packet instanceof Line ? packet.place : { source: 'input' }
  const bytes = packet instanceof Line ? packet.bytes : new Uint8Array(0)
  const detail =
    reason === 'no topic'
      ? 'a packet goes where its meta says: expected "topic":"ADDRESS", or an ADDRESS for all'
      : undefined
  return { place, reason, bytes, ...(detail !== undefined && { detail }) }
}
