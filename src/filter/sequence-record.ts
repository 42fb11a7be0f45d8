// What verify looks at in a packet of the probe `sequence`, read from the bytes of a line where that is sure.

import { Line } from '../codec/line.ts'
import type { Json, Meta, Packet } from '../packet.ts'
import { sequenceChecksum } from '../probe/checksum.ts'

export interface SequenceRecord {
  readonly name: string
  readonly seq: number
  /** The checksum is right. */
  readonly intact: boolean
  /** Milliseconds since 1970, with fractions where the packet tells nanoseconds. */
  readonly time: number
}

/** As sensor-sim writes it, keys in its order and no escapes: then and only then a line need not be parsed. */
const WRITTEN =
  /^\{"timestamp":"([^"\\]+)","id":"([^"\\]+)","name":"([^"\\]+)","value":(-?\d+(?:\.\d+)?)(?:,"unit":"[^"\\]*")?,"seq":(\d+),"crc":(\d+)(?:,"timestamp_ns":"(\d+)")?\}$/

/** Nothing where the packet is none of the probe `sequence`. May throw DataError, where the line is no JSON. */
export function sequenceRecord(packet: Packet): SequenceRecord | undefined {
  if (packet instanceof Line) {
    const found = WRITTEN.exec(packet.buffer.toString('utf8', packet.start, packet.end))
    if (found) {
      const [, timestamp = '', id = '', name = '', value, seq, crc, nanoseconds] = found
      return record({ timestamp, id, name, value: Number(value), seq: Number(seq), crc: Number(crc), nanoseconds })
    }
  }
  return recordOfMeta(packet.meta)
}

/** Numbers may have become text on their way, as in CSV. */
function recordOfMeta(meta: Meta): SequenceRecord | undefined {
  const { timestamp, id, name } = meta
  if (meta['seq'] === undefined || meta['crc'] === undefined) return undefined
  const nanoseconds = meta['timestamp_ns']
  return record({
    timestamp: String(timestamp),
    id: String(id),
    name: String(name),
    value: numberOf(meta['value']),
    seq: numberOf(meta['seq']),
    crc: numberOf(meta['crc']),
    nanoseconds: typeof nanoseconds === 'string' || typeof nanoseconds === 'number' ? String(nanoseconds) : undefined,
  })
}

function numberOf(json: Json | undefined): number {
  return typeof json === 'number' || (typeof json === 'string' && json !== '') ? Number(json) : Number.NaN
}

interface Parts {
  readonly timestamp: string
  readonly id: string
  readonly name: string
  readonly value: number
  readonly seq: number
  readonly crc: number
  readonly nanoseconds: string | undefined
}

function record({ timestamp, id, name, value, seq, crc, nanoseconds }: Parts): SequenceRecord {
  const time = Date.parse(timestamp)
  const intact = Number.isSafeInteger(seq) && seq >= 0 && crc === sequenceChecksum({ time, id, name, seq, value })
  return { name, seq, intact, time: nanoseconds === undefined ? time : millisecondsOf(nanoseconds) }
}

/** Without the rounding of a number that is too long. */
function millisecondsOf(nanoseconds: string): number {
  return Number(nanoseconds.slice(0, -6)) + Number(nanoseconds.slice(-6)) / 1e6
}
