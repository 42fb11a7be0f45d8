// A record of the journal: packets as they came, in the data of a frame whose meta tells their place. See journal(5).

import { frame } from '../codec/frame.ts'
import type { Packet } from '../packet.ts'

export interface JournalRecord {
  /** The number of the first packet: the first packet ever has 0. */
  readonly offset: number
  /** How many packets: the next record's offset is that much more. */
  readonly count: number
  /** Epoch milliseconds when they came; never less than that of the record before. */
  readonly time: number
  /** Whole lines with their ends, or whole frames. */
  readonly bytes: Uint8Array
}

/** Frames with checksums. What is encoded together is joined where it is small. */
export function encodeRecords(records: readonly JournalRecord[]): readonly Uint8Array[] {
  const encoder = frame.encoder({
    reject: ({ reason }) => {
      throw new Error(reason)
    },
  })
  let time: number | undefined
  let timestamp = ''
  return encoder.push(
    records.map((record): Packet => {
      // Records that are written together mostly came in the same millisecond.
      if (record.time !== time) timestamp = new Date(record.time).toISOString()
      time = record.time
      return { meta: { offset: record.offset, count: record.count, timestamp }, data: record.bytes }
    }),
  )
}

/** Nothing if the packet is no record of a journal. */
export function recordOf({ meta, data }: Packet): JournalRecord | undefined {
  const { offset, count, timestamp } = meta
  if (!isCount(offset) || !isCount(count) || count === 0 || typeof timestamp !== 'string') return undefined
  const time = Date.parse(timestamp)
  return Number.isNaN(time) ? undefined : { offset, count, time, bytes: data }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
