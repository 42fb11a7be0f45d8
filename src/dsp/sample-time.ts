// When a sample was taken: the packet's time, and the samples since.

import type { Meta } from '../packet.ts'

/** Digits of a second that are written at least. */
const MILLISECONDS = 3

/** Of a calendar, before and after 1970. */
const MOST_SECONDS = 8.64e12

/**
 * The time fields of a packet some seconds after the one with this meta, with as many digits; none where it has none, or
 * where no calendar has that time.
 */
export function timeFieldsAfter(meta: Meta, seconds: number): Meta {
  const { timestamp, timestamp_ns: nanoseconds } = meta
  if (!(Math.abs(seconds) <= MOST_SECONDS)) return {}
  const after = BigInt(Math.round(seconds * 1e9))
  const later: { timestamp?: string; timestamp_ns?: string } = {}
  if (typeof timestamp === 'string') {
    const time = nanosecondsIn({ timestamp })
    const text = seconds === 0 || time === undefined ? timestamp : textOf(time + after, digitsOf(timestamp))
    if (text !== undefined) later.timestamp = text
  }
  if (typeof nanoseconds === 'string' && /^\d+$/.test(nanoseconds))
    later.timestamp_ns = String(BigInt(nanoseconds) + after)
  return later
}

/** Of the fraction of its second. */
function digitsOf(timestamp: string): number {
  return /\.(\d{1,9})/.exec(timestamp)?.[1]?.length ?? 0
}

function textOf(nanoseconds: bigint, digits: number): string | undefined {
  const milliseconds = Number((nanoseconds - remainder(nanoseconds)) / MILLISECOND)
  if (Math.abs(milliseconds) > 1000 * MOST_SECONDS) return undefined
  const finer = String(remainder(nanoseconds)).padStart(6, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${finer.slice(0, Math.max(0, digits - MILLISECONDS))}Z`
}

const MILLISECOND = 1_000_000n

/** Of a millisecond, of times before 1970, too. */
function remainder(nanoseconds: bigint): bigint {
  return ((nanoseconds % MILLISECOND) + MILLISECOND) % MILLISECOND
}

/** Samples a second between the times of two packets whose first samples are so many apart; nothing where they do not tell. */
export function rateBetween(first: Meta, last: Meta, samples: number): number | undefined {
  const [from, to] = [nanosecondsIn(first), nanosecondsIn(last)]
  if (from === undefined || to === undefined || to <= from || samples <= 0) return undefined
  return (samples * 1e9) / Number(to - from)
}

/** Since 1970; nothing where the packet has no time. */
export function nanosecondsIn({ timestamp, timestamp_ns: nanoseconds }: Meta): bigint | undefined {
  if (typeof nanoseconds === 'string' && /^\d+$/.test(nanoseconds)) return BigInt(nanoseconds)
  const milliseconds = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  if (Number.isNaN(milliseconds)) return undefined
  // A date keeps no more than three digits of them.
  const digits = /\.\d{3}(\d{1,6})/.exec(String(timestamp))?.[1] ?? ''
  return BigInt(milliseconds) * MILLISECOND + BigInt(digits.padEnd(6, '0'))
}
