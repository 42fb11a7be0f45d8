// Messages of an engine as packets. The engine's word for the topic counts, whatever the payload says.

import { isUtf8 } from 'node:buffer'
import { Envelope } from '../../codec/envelope.ts'
import { frame } from '../../codec/frame.ts'
import { MAGIC } from '../../codec/frame-header.ts'
import { asBuffer, REJECT_BYTES } from '../../codec/gather.ts'
import { isSpace } from '../../codec/json-value.ts'
import { Line } from '../../codec/line.ts'
import { readMeta } from '../../codec/unreadable.ts'
import type { Packet } from '../../packet.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Delivery } from './engine.ts'

const NEWLINE = 10
const OPEN = 0x7b
const CLOSE = 0x7d

export class IncomingPackets {
  readonly #name: string
  readonly #reject: Rejecter
  readonly #envelope = new Envelope()

  /** `name`: of the bus, for words about what cannot be read. */
  constructor(name: string, reject: Rejecter) {
    this.#name = name
    this.#reject = reject
  }

  /** One packet of a line, any number of those in frames; none if it can be read as neither. */
  of(delivery: Delivery): readonly Packet[] {
    const buffer = asBuffer(delivery.payload)
    const source = `${this.#name} ${delivery.topic}`
    if (delivery.fault !== undefined) {
      const bytes = buffer.subarray(0, REJECT_BYTES)
      this.#reject({ place: { source }, reason: 'topic not for this bus', detail: delivery.fault, bytes })
      return []
    }
    return buffer[0] === MAGIC[0] ? this.#frames(buffer, source, delivery) : this.#line(buffer, source, delivery)
  }

  #line(buffer: Buffer, source: string, { topic, again }: Delivery): readonly Packet[] {
    let start = 0
    let end = buffer.length
    while (start < end && isSpace(buffer[start])) start++
    while (end > start && isSpace(buffer[end - 1])) end--
    const fault =
      buffer[start] !== OPEN || buffer[end - 1] !== CLOSE
        ? { reason: 'not an object', detail: 'expected a JSON object or a frame' }
        : isUtf8(buffer)
          ? undefined
          : { reason: 'invalid UTF-8' }
    if (fault) {
      this.#reject({ place: { source }, ...fault, bytes: buffer.subarray(0, REJECT_BYTES) })
      return []
    }
    const line = new Line(buffer, start, end, { source, offset: 0, line: 1 })
    const envelope = this.#envelope
    if (envelope.scan(buffer, start, end) === 'data' && !again && isOneLine(line)) {
      if (envelope.topicText(buffer) === topic) return [line]
    }
    return this.#rewritten(line, topic, again)
  }

  #frames(buffer: Buffer, source: string, { topic, again }: Delivery): readonly Packet[] {
    const decoder = frame.decoder({ source, reject: this.#reject })
    const frames = [...decoder.push(buffer), ...(decoder.end?.() ?? [])]
    return frames.flatMap(packet => {
      const meta = readMeta(packet, this.#reject)
      if (!meta) return []
      return meta['topic'] === topic && !again ? [packet] : this.#rewritten(packet, topic, again)
    })
  }

  #rewritten(packet: Packet, topic: string, again: boolean): readonly Packet[] {
    const meta = readMeta(packet, this.#reject)
    if (!meta) return []
    const { topic: _, ...rest } = meta
    return [{ meta: { topic, ...rest, ...(again && { redelivered: true }) }, data: packet.data }]
  }
}

function isOneLine({ buffer, start, end }: Line): boolean {
  const newline = buffer.indexOf(NEWLINE, start)
  return newline < 0 || newline >= end
}
