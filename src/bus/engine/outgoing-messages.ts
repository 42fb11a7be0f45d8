// Packets as the messages of an engine: each with its topic, as a line or as a frame.

import { Envelope } from '../../codec/envelope.ts'
import { frame } from '../../codec/frame.ts'
import { Frame } from '../../codec/frame-packet.ts'
import { Line } from '../../codec/line.ts'
import { ndjson } from '../../codec/ndjson.ts'
import type { Batch, Packet } from '../../packet.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Encoder, Step } from '../../stream/step.ts'
import { addressed } from '../addressed.ts'
import { TopicTable } from '../topic-table.ts'
import type { Engine, Message } from './engine.ts'
import { Marker } from './marks.ts'

const NEWLINE = 10

/** Packets with a topic that the engine cannot carry are rejected, as are those without any. */
export function outgoingMessages(
  { name, topicFault }: Pick<Engine, 'name' | 'topicFault'>,
  topic: string | undefined,
  reject: Rejecter,
): Step<Batch, readonly Message[]> {
  const stage = addressed(topic, reject)
  const payloads = new Payloads(reject)
  const marker = new Marker()
  const topics = topic === undefined ? new Topics(topicFault) : undefined
  return {
    push(batch) {
      const messages: Message[] = []
      for (const packet of stage.push(batch)) {
        const found = topics ? topics.of(packet) : { text: topic ?? '', fault: undefined }
        if (found.fault !== undefined) {
          const place = packet instanceof Line || packet instanceof Frame ? packet.place : { source: 'input' }
          const bytes = packet instanceof Line || packet instanceof Frame ? packet.bytes : new Uint8Array(0)
          reject({ place, reason: 'topic not for this bus', detail: `${name}: ${found.fault}`, bytes })
          continue
        }
        const payload = payloads.of(packet)
        if (payload) messages.push({ topic: found.text, payload, mark: marker.next(found.text), packet })
      }
      return messages
    },
  }
}

interface FoundTopic {
  readonly text: string
  readonly fault: string | undefined
}

/** The topics that packets name themselves. */
class Topics {
  readonly #envelope = new Envelope()
  readonly #seen: TopicTable<FoundTopic>
  readonly #find: (text: string) => FoundTopic

  constructor(topicFault: Engine['topicFault']) {
    this.#find = text => ({ text, fault: topicFault(text) })
    this.#seen = new TopicTable(this.#find)
  }

  /** Of a packet that has one. */
  of(packet: Packet): FoundTopic {
    if (packet instanceof Line) {
      this.#envelope.scan(packet.buffer, packet.start, packet.end)
      return this.#seen.get(packet.buffer, this.#envelope).route
    }
    const topic = packet.meta['topic']
    return this.#find(typeof topic === 'string' ? topic : '')
  }
}

class Payloads {
  readonly #lines: Encoder
  readonly #frames: Encoder

  constructor(reject: Rejecter) {
    this.#lines = ndjson.encoder({ reject })
    this.#frames = frame.encoder({ reject })
  }

  /** Nothing for a packet that was rejected. */
  of(packet: Packet): Uint8Array | undefined {
    if (packet instanceof Line || packet instanceof Frame) return packet.bytes
    const chunks = (packet.data.length > 0 ? this.#frames : this.#lines).push([packet])
    const [only] = chunks
    if (only === undefined) return undefined
    const bytes = chunks.length === 1 ? only : Buffer.concat(chunks)
    return bytes.at(-1) === NEWLINE && packet.data.length === 0 ? bytes.subarray(0, -1) : bytes
  }
}
