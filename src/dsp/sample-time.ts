// When a sample was taken: the packet's time, and the samples since.

import type { Meta } from '../packet.ts'

/** The time fields of a packet some seconds after the one with this meta; none where it has none. */
export function timeFieldsAfter(meta: Meta, seconds: number): Meta {
  const { timestamp, timestamp_ns: nanoseconds } = meta
  const later: { timestamp?: string; timestamp_ns?: string } = {}
  if (typeof timestamp === 'string') {
    const time = Date.parse(timestamp) + seconds * 1000
    later.timestamp = seconds === 0 || Number.isNaN(time) ? timestamp : new Date(time).toISOString()
  }
  if (typeof nanoseconds === 'string' && /^\d+$/.test(nanoseconds))
    later.timestamp_ns = String(BigInt(nanoseconds) + BigInt(Math.round(seconds * 1e9)))
  return later
}

/** Samples a second between the times of two packets whose first samples are so many apart; nothing where they do not tell. */
export function rateBetween(first: Meta, last: Meta, samples: number): number | undefined {
  const [from, to] = [nanosecondsIn(first), nanosecondsIn(last)]
  if (from === undefined || to === undefined || to <= from || samples <= 0) return undefined
  return (samples * 1e9) / Number(to - from)
}

/** Since 1970. */
function nanosecondsIn({ timestamp, timestamp_ns: nanoseconds }: Meta): bigint | undefined {
  if (typeof nanoseconds === 'string' && /^\d+$/.test(nanoseconds)) return BigInt(nanoseconds)
  const milliseconds = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  if (Number.isNaN(milliseconds)) return undefined
  // A date keeps no more than three digits of them.
  const digits = /\.\d{3}(\d{1,6})/.exec(String(timestamp))?.[1] ?? ''
  return BigInt(milliseconds) * 1_000_000n + BigInt(digits.padEnd(6, '0'))
}
