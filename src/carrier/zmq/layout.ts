// Which part of a message is what of a packet, and the way from one to the other and back.

import { isUtf8 } from 'node:buffer'
import { Frame } from '../../codec/frame-packet.ts'
import { asBuffer, REJECT_BYTES } from '../../codec/gather.ts'
import { isSpace } from '../../codec/json-value.ts'
import { Line } from '../../codec/line.ts'
import { Parts } from '../../codec/parts.ts'
import { FieldScan } from '../../codec/scan.ts'
import { readMeta } from '../../codec/unreadable.ts'
import { UsageError } from '../../errors.ts'
import { NO_DATA, type Packet } from '../../packet.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Message } from '../../zmtp/message.ts'

const PART_NAMES = ['topic', 'meta', 'data'] as const
export type PartName = (typeof PART_NAMES)[number]

/** The parts of each message in order, each at most once; `meta` or `data` is one of them. */
export type Layout = readonly PartName[]

/** `meta,data` → the layout; throws a UsageError. */
export function parseLayout(text: string): Layout {
  const layout = text.split(',').map(word => {
    const name = PART_NAMES.find(name => name === word)
    if (!name) throw new UsageError(`'${word}' is no part: expected some of ${PART_NAMES.join(', ')}`)
    return name
  })
  if (new Set(layout).size < layout.length) throw new UsageError(`'${text}' names a part twice`)
  if (!layout.includes('meta') && !layout.includes('data')) {
    throw new UsageError(`'${text}' has neither meta nor data: expected for example meta,data`)
  }
  return layout
}

export interface ReadMessageOptions {
  readonly layout: Layout
  /** The peer's name. */
  readonly source: string
  readonly reject: Rejecter
  /** Parse each meta at once, so that one nobody looks at is checked, too. */
  readonly validate?: boolean
}

/** Messages to packets; one of another number of parts, or whose meta is no object, is rejected. */
export function packetReader({ layout, source, reject, validate = false }: ReadMessageOptions) {
  const metaAt = layout.indexOf('meta')
  const dataAt = layout.indexOf('data')
  const topicAt = layout.indexOf('topic')
  const origin = { source }

  return (message: Message): Packet | undefined => {
    if (message.length !== layout.length) {
      const detail = `a message of ${partsText(message.length)}, expected ${layout.length} (${layout.join(', ')})`
      const [bytes = NO_DATA] = message
      reject({ place: origin, reason: 'wrong number of parts', detail, bytes: bytes.subarray(0, REJECT_BYTES) })
      return undefined
    }
    const meta = message[metaAt] ?? NO_DATA
    if (meta.length > 0 && !isObjectText(meta)) {
      const detail = 'expected a meta from { to }'
      reject({ place: origin, reason: 'not an object', detail, bytes: meta.subarray(0, REJECT_BYTES) })
      return undefined
    }
    const topic = message[topicAt]
    const from = topic ? { source, topic: asBuffer(topic).toString('utf8') } : origin
    const packet = new Parts(meta, message[dataAt] ?? NO_DATA, from)
    return validate && !isValid(packet, reject) ? undefined : packet
  }
}

function partsText(count: number): string {
  return count === 1 ? '1 part' : `${count} parts`
}

function isValid(packet: Parts, reject: Rejecter): boolean {
  if (isUtf8(packet.metaBytes)) return readMeta(packet, reject) !== undefined
  reject({ place: packet.place, reason: 'invalid UTF-8', bytes: packet.metaBytes.subarray(0, REJECT_BYTES) })
  return false
}

export interface MakeMessageOptions {
  readonly layout: Layout
  /** For a layout with a topic: that of every message; default: what the meta says, else none. */
  readonly topic?: string | undefined
  readonly reject: Rejecter
}

/** Packets to messages. Metas that came as bytes are passed on as they came; what cannot be read is rejected. */
export function messageMaker({ layout, topic, reject }: MakeMessageOptions) {
  const hasTopic = layout.includes('topic')
  const hasMeta = layout.includes('meta')
  const hasData = layout.includes('data')
  const fixedTopic = topic === undefined ? undefined : Buffer.from(topic)
  const dataField = new FieldScan(['data'])

  /** A line's data is in its meta: it is parsed unless it surely has none. */
  function opened(line: Line): Packet | undefined {
    if (dataField.scan(line) && dataField.starts[0] === -1) return new Parts(line.bytes, NO_DATA, line.origin)
    return readMeta(line, reject) && line.parsed()
  }
  function topicOf(packet: Packet): Uint8Array | undefined {
    if (fixedTopic) return fixedTopic
    if (packet instanceof Parts && packet.topic !== undefined) return Buffer.from(packet.topic)
    const meta = readMeta(packet, reject)
    const told = meta?.['topic']
    return meta && (typeof told === 'string' ? Buffer.from(told) : NO_DATA)
  }
  function metaOf(packet: Packet): Uint8Array | undefined {
    const bytes = spelled(packet, hasTopic)
    if (bytes) return bytes.length > 0 ? bytes : EMPTY_OBJECT
    const meta = readMeta(packet, reject)
    return meta && Buffer.from(JSON.stringify(meta))
  }
  /** Data that no part is for would be lost without a word. */
  function hasPlace({ data }: Packet): boolean {
    if (hasData || data.length === 0) return true
    const detail = `the packet has data, and no part is for it (${layout.join(', ')})`
    const bytes = data.subarray(0, REJECT_BYTES)
    reject({ place: { source: 'output' }, reason: 'data without a part', detail, bytes })
    return false
  }
  return (given: Packet): Message | undefined => {
    const packet = given instanceof Line ? opened(given) : given
    if (!packet || !hasPlace(packet)) return undefined
    const topic = hasTopic ? topicOf(packet) : NO_DATA
    const meta = topic && (hasMeta ? metaOf(packet) : NO_DATA)
    if (!topic || !meta) return undefined
    return layout.map(name => (name === 'meta' ? meta : name === 'data' ? packet.data : topic))
  }
}

const EMPTY_OBJECT = Buffer.from('{}')

/** The meta as it came, where those bytes are all of it. */
function spelled(packet: Packet, hasTopic: boolean): Uint8Array | undefined {
  if (packet instanceof Parts) return packet.topic === undefined || hasTopic ? packet.metaBytes : undefined
  return packet instanceof Frame ? packet.buffer.subarray(packet.metaStart, withoutPadding(packet)) : undefined
}

/** A frame's meta is padded with spaces. */
function withoutPadding({ buffer, metaStart, dataStart }: Frame): number {
  let end = dataStart
  while (end > metaStart && buffer[end - 1] === 0x20) end--
  return end
}

function isObjectText(bytes: Uint8Array): boolean {
  let start = 0
  let end = bytes.length
  while (start < end && isSpace(bytes[start])) start++
  while (end > start && isSpace(bytes[end - 1])) end--
  return bytes[start] === 0x7b && bytes[end - 1] === 0x7d
}
