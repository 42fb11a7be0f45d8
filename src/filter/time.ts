// Points in time as people write them, and the time of a packet.

import { UsageError } from '../errors.ts'
import type { Packet } from '../packet.ts'
import { parseDuration } from '../units.ts'

const DATE = /^\d{4}-\d\d-\d\d$/
const DATE_AND_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/
const EPOCH = /^-?\d+(?:\.\d+)?$/

/**
 * `2026-11-21T04:00:00Z` (RFC 3339; UTC where no offset is given), `2026-11-21`, seconds since 1970, or a duration
 * ago (`1h30m`) → epoch milliseconds.
 */
export function parseTime(text: string, now: number): number {
  if (EPOCH.test(text)) return Number(text) * 1000
  const time = DATE_AND_TIME.exec(text)
  if (time ?? DATE.test(text)) {
    const parsed = Date.parse(time && time[1] === undefined ? `${text}Z` : text)
    if (!Number.isNaN(parsed)) return parsed
  } else if (/^[\d.]/.test(text)) {
    try {
      return now - parseDuration(text)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
    }
  }
  throw new UsageError(
    `'${text}' is no time: expected for example 2026-11-21T04:00:00Z, 2026-11-21, 1795233600 (seconds since 1970), ` +
      'or how long ago: 90s, 1h',
  )
}

/** Epoch milliseconds of the packet's `timestamp`; NaN where it has none that can be read. */
export function timeOf({ meta }: Packet): number {
  const timestamp = meta['timestamp']
  return typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
}
