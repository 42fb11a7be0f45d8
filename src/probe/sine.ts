// sine: a sine wave over the time since the sensor's start.

import { UsageError } from '../errors.ts'
import { parseDuration, parseNumber } from '../units.ts'
import type { ProbeKind } from './probe.ts'
import { rounded } from './rounded.ts'
import { probeParam } from './spec.ts'

export const sine: ProbeKind = {
  name: 'sine',
  summary: "a sine wave that fills the sensor's range",
  example: 'sine?period=10s&amplitude=5',
  params: [
    { name: 'period', argument: 'TIME', summary: 'of one wave, default 1m' },
    { name: 'amplitude', argument: 'NUMBER', summary: 'half of its height, default half of the range' },
    { name: 'offset', argument: 'NUMBER', summary: 'its middle, default the middle of the range' },
    { name: 'phase', argument: 'DEGREES', summary: 'at the start, default 0' },
  ],
  make(spec, { range }) {
    const period = probeParam(spec, 'period', parseDuration, 60_000) / 1000
    const amplitude = probeParam(spec, 'amplitude', parseNumber, (range.max - range.min) / 2)
    const offset = probeParam(spec, 'offset', parseNumber, (range.max + range.min) / 2)
    const phase = (probeParam(spec, 'phase', parseNumber, 0) / 180) * Math.PI
    if (period === 0) throw new UsageError(`probe ${spec.text}: period: expected more than 0`)
    return {
      read: ({ elapsed }) => rounded(offset + amplitude * Math.sin((2 * Math.PI * elapsed) / period + phase)),
    }
  },
}
