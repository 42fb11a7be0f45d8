// step: low and high by turns.

import { UsageError } from '../errors.ts'
import { parseDuration, parseNumber } from '../units.ts'
import type { ProbeKind } from './probe.ts'
import { probeParam } from './spec.ts'

export const step: ProbeKind = {
  name: 'step',
  summary: 'low for half a period, then high: a valve, a door, a pump',
  example: 'step?low=0&high=1&period=2s',
  params: [
    { name: 'low', argument: 'NUMBER', summary: 'default the least of the range' },
    { name: 'high', argument: 'NUMBER', summary: 'default the greatest of the range' },
    { name: 'period', argument: 'TIME', summary: 'of low and high together, default 1m' },
  ],
  make(spec, { range }) {
    const low = probeParam(spec, 'low', parseNumber, range.min)
    const high = probeParam(spec, 'high', parseNumber, range.max)
    const period = probeParam(spec, 'period', parseDuration, 60_000) / 1000
    if (period === 0) throw new UsageError(`probe ${spec.text}: period: expected more than 0`)
    return { read: ({ elapsed }) => (elapsed % period < period / 2 ? low : high) }
  },
}
