// What the broker says to a client, told apart from packets.

import { Line } from '../codec/line.ts'
import { type Batch, gapOf, isObject, type JsonObject, type Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'

const START = Buffer.from('{"broker":')
const GAP = Buffer.from('{"gap":')

/** The words of the broker; nothing if it is a packet. A line is parsed only when it begins as such words do. */
export function saidBy(packet: Packet): JsonObject | undefined {
  if (packet instanceof Line && !startsWith(packet, START)) return undefined
  const { meta } = packet
  const words = meta['broker']
  if (words === undefined || Object.keys(meta).length !== 1) return undefined
  return isObject(words) ? words : undefined
}

/** Gap records of the broker are counted as what they say was lost; how many there are. */
export function countGaps(batch: Batch, count: StageCount): number {
  let gaps = 0
  for (const packet of batch) {
    const gap = isGap(packet) ? gapOf(packet.meta) : undefined
    if (gap?.stage !== 'broker') continue
    count.drop(gap.reason, gap.lost)
    gaps++
  }
  return gaps
}

/** How many are no gap records. */
export function packetsIn(batch: Batch): number {
  return batch.reduce((sum, packet) => (isGap(packet) ? sum : sum + 1), 0)
}

/** Whether it may be a gap record: a line is parsed only when it begins as such do. */
function isGap(packet: Packet): boolean {
  return packet instanceof Line ? startsWith(packet, GAP) : gapOf(packet.meta) !== undefined
}

function startsWith({ buffer, start }: Line, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (buffer[start + i] !== text[i]) return false
  return true
}

/** Takes the broker's words out of what comes over one connection. */
export class Hearing {
  /** Of the next packet in the journal, as soon as the broker has told it. */
  offset: number | undefined
  /** Packets say their offset. */
  readonly #tells: boolean
  readonly #hear: (words: JsonObject) => void
  /** Of the next packets, these may have come before. */
  #again = 0

  constructor(hear: (words: JsonObject) => void, { offsets = false }: { readonly offsets?: boolean } = {}) {
    this.#hear = hear
    this.#tells = offsets
  }

  /** The packets of a batch; those that may have come before say so in their meta. */
  push(batch: Batch): Batch {
    let packets: Packet[] | undefined
    for (let index = 0; index < batch.length; index++) {
      const packet = batch[index]
      if (!packet) continue
      const words = saidBy(packet)
      if (words || this.#again > 0 || this.#tells) packets ??= batch.slice(0, index)
      if (!words) {
        const own = this.#again > 0 ? this.#marked(packet) : packet
        const placed = this.offset === undefined ? own : this.#placed(own, this.offset)
        packets?.push(placed)
      } else if (typeof words['again'] === 'number') this.#again = words['again']
      else if (typeof words['offset'] === 'number') this.offset = words['offset']
      else this.#hear(words)
    }
    return packets ?? batch
  }

  #placed(packet: Packet, offset: number): Packet {
    if (isGap(packet)) return packet
    this.offset = offset + 1
    return this.#tells ? { meta: { ...packet.meta, offset }, data: packet.data } : packet
  }

  #marked({ meta, data }: Packet): Packet {
    this.#again--
    return { meta: { ...meta, redelivered: true }, data }
  }
}
