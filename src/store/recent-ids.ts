// The ids of the records stored last, so that a packet that is sent again is stored once.

import { Line } from '../codec/line.ts'
import { FieldScan } from '../codec/scan.ts'
import { DataError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'

/** At least so many ids are remembered: far more than a sender may have unacknowledged. */
export const RECENT_IDS = 65_536

/** Two generations: when the young one is full it becomes the old one, and the old one is forgotten. */
export class RecentIds {
  readonly window: number
  #young = new Set<string>()
  #old = new Set<string>()

  constructor(window = RECENT_IDS) {
    this.window = window
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id)
  }

  add(id: string): void {
    this.#young.add(id)
    if (this.#young.size < this.window) return
    this.#old = this.#young
    this.#young = new Set()
  }

  /** The packets whose id was not seen before, remembered from now on. A packet without an id is always fresh. */
  fresh(batch: Batch): Batch {
    let fresh: Packet[] | undefined
    for (const [index, packet] of batch.entries()) {
      const id = readableId(packet)
      if (id === undefined || !this.has(id)) {
        if (id !== undefined) this.add(id)
        fresh?.push(packet)
      } else fresh ??= batch.slice(0, index)
    }
    return fresh ?? batch
  }
}

/** What cannot be read has no id: the store rejects it, or keeps the line as it is. */
function readableId(packet: Packet): string | undefined {
  try {
    return idOf(packet)
  } catch (error) {
    if (error instanceof DataError) return undefined
    throw error
  }
}

const scan = new FieldScan(['id'])

/** The id as text. Of a plain line it is found without parsing the line; without an id, or where it is null, nothing. */
export function idOf(packet: Packet): string | undefined {
  if (packet instanceof Line && scan.scan(packet)) {
    const [start = -1] = scan.starts
    const [end = -1] = scan.ends
    if (start < 0) return undefined
    const text = packet.buffer.toString('utf8', start, end)
    if (text.startsWith('"')) return text.slice(1, -1)
    if (/^-?[1-9]\d{0,14}$/.test(text)) return text
  }
  const id = packet.meta['id']
  if (typeof id === 'string') return id
  return id === undefined || id === null ? undefined : JSON.stringify(id)
}
