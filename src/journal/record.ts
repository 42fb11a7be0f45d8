// A record of the journal: packets as they came, in the data of a frame whose meta tells their place. See journal(5).

import { frame } from '../codec/frame.ts'
import { type Meta, NO_DATA, type Packet } from '../packet.ts'

export interface JournalRecord {
  /** The number of the first packet: the first packet ever has 0. */
  readonly offset: number
  /** How many packets: the next record's offset is that much more. */
  readonly count: number
  /** Epoch milliseconds when they came; never less than that of the record before. */
  readonly time: number
  /** Whole lines with their ends, or whole frames. */
  readonly bytes: Uint8Array
  readonly marks?: RecordMarks | undefined
}

/** What is special about the packets of a record. */
export interface RecordMarks {
  /** They, or some of them, may be in the journal already. */
  readonly again?: boolean
  /** Epoch milliseconds after which nobody wants them. */
  readonly expires?: number
  /** Each is the last of its topic, to be kept for those who subscribe later. */
  readonly retain?: boolean
  /** Of a record that has an offset and no packet: the topic of which nothing is retained any more. */
  readonly forget?: string
}

/** Neighbours are joined up to this size. */
const JOINED_BYTES = 256 * 1024

/** Frames with checksums. Records that came in the same millisecond and have the same marks become one. */
export function encodeRecords(records: readonly JournalRecord[]): readonly Uint8Array[] {
  const encoder = frame.encoder({
    reject: ({ reason }) => {
      throw new Error(reason)
    },
  })
  const packets: Packet[] = []
  for (let index = 0; index < records.length; ) {
    const end = endOfAlike(records, index)
    packets.push(joined(records, index, end))
    index = end
  }
  return encoder.push(packets)
}

/** Where the records end that can be one with this one. */
function endOfAlike(records: readonly JournalRecord[], from: number): number {
  const first = records[from]
  let bytes = first?.bytes.length ?? 0
  let end = from + 1
  for (let next = records[end]; first && next; next = records[++end]) {
    bytes += next.bytes.length
    if (next.time !== first.time || bytes > JOINED_BYTES || !areAlike(first.marks, next.marks)) break
  }
  return end
}

function areAlike(some: RecordMarks | undefined, others: RecordMarks | undefined): boolean {
  if (some === others) return true
  if (some?.forget !== undefined || others?.forget !== undefined) return false
  return some?.again === others?.again && some?.retain === others?.retain && some?.expires === others?.expires
}

function joined(records: readonly JournalRecord[], from: number, to: number): Packet {
  const first = records[from]
  if (!first) throw new RangeError('no record')
  const { offset, time, marks } = first
  const timestamp = new Date(time).toISOString()
  if (to === from + 1) return { meta: { offset, count: first.count, timestamp, ...marks }, data: first.bytes }
  let count = 0
  let length = 0
  for (let index = from; index < to; index++) {
    count += records[index]?.count ?? 0
    length += records[index]?.bytes.length ?? 0
  }
  const data = Buffer.allocUnsafeSlow(length)
  let used = 0
  for (let index = from; index < to; index++) {
    const bytes = records[index]?.bytes ?? NO_DATA
    data.set(bytes, used)
    used += bytes.length
  }
  return { meta: { offset, count, timestamp, ...marks }, data }
}

/** Nothing if the packet is no record of a journal. */
export function recordOf({ meta, data }: Packet): JournalRecord | undefined {
  const { offset, count, timestamp } = meta
  if (!isCount(offset) || !isCount(count) || count === 0 || typeof timestamp !== 'string') return undefined
  const time = Date.parse(timestamp)
  return Number.isNaN(time) ? undefined : { offset, count, time, bytes: data, marks: marksOf(meta) }
}

function marksOf({ again, expires, retain, forget }: Meta): RecordMarks | undefined {
  if (again === undefined && expires === undefined && retain === undefined && forget === undefined) return undefined
  return {
    ...(again === true && { again }),
    ...(typeof expires === 'number' && { expires }),
    ...(retain === true && { retain }),
    ...(typeof forget === 'string' && { forget }),
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
