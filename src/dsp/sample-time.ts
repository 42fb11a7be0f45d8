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
