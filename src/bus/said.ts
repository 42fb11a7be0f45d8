// What the broker says to a client, told apart from packets.

import { Line } from '../codec/line.ts'
import { type Batch, gapOf, type JsonObject, type Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { isObject } from './control.ts'

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
    if (packet instanceof Line && !startsWith(packet, GAP)) continue
    const gap = gapOf(packet.meta)
    if (gap?.stage !== 'broker') continue
    count.drop(gap.reason, gap.lost)
    gaps++
  }
  return gaps
}

function startsWith({ buffer, start }: Line, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (buffer[start + i] !== text[i]) return false
  return true
}

/** Takes the broker's words out of what comes over one connection. */
export class Hearing {
  readonly #hear: (words: JsonObject) => void
  /** Of the next packets, these may have come before. */
  #again = 0

  constructor(hear: (words: JsonObject) => void) {
    this.#hear = hear
  }

  /** The packets of a batch; those that may have come before say so in their meta. */
  push(batch: Batch): Batch {
    let packets: Packet[] | undefined
    for (let index = 0; index < batch.length; index++) {
      const packet = batch[index]
      if (!packet) continue
      const words = saidBy(packet)
      if (words || this.#again > 0) packets ??= batch.slice(0, index)
      if (!words) packets?.push(this.#again > 0 ? this.#marked(packet) : packet)
      else if (typeof words['again'] === 'number') this.#again = words['again']
      else this.#hear(words)
    }
    return packets ?? batch
  }

  #marked({ meta, data }: Packet): Packet {
    this.#again--
    return { meta: { ...meta, redelivered: true }, data }
  }
}
