// sequence: a number and a checksum in every packet, so that verify(1) can prove what a transport did.

import { sequenceChecksum } from './checksum.ts'
import type { ProbeKind } from './probe.ts'

export const sequence: ProbeKind = {
  name: 'sequence',
  summary: 'random values with seq, crc and timestamp_ns, for verify(1)',
  example: 'sequence',
  params: [],
  make(_spec, { random, range }) {
    const scale = 10 ** range.digits
    const min = Math.round(range.min * scale)
    const max = Math.round(range.max * scale)
    return {
      read({ seq, time, id, name, live }) {
        const value = random.integer(min, max) / scale
        const crc = sequenceChecksum({ time: Math.floor(time), id, name, seq, value })
        return { value, fields: live ? { seq, crc, timestamp_ns: nanoseconds(time) } : { seq, crc } }
      },
    }
  },
}

/** Milliseconds since 1970 as text in nanoseconds; a double holds quarters of a microsecond today. */
function nanoseconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds)
  return `${whole}${String(Math.floor((milliseconds - whole) * 1e6)).padStart(6, '0')}`
}
