// noise: normally distributed values.

import { parseNumber } from '../units.ts'
import type { ProbeKind } from './probe.ts'
import { rounded } from './rounded.ts'
import { probeParam } from './spec.ts'

export const noise: ProbeKind = {
  name: 'noise',
  summary: "normally distributed (Gaussian) around the middle of the sensor's range; not clipped to it",
  example: 'noise?mean=20&sigma=0.5',
  params: [
    { name: 'mean', argument: 'NUMBER', summary: 'default the middle of the range' },
    { name: 'sigma', argument: 'NUMBER', summary: 'standard deviation, default a sixth of the range' },
  ],
  make(spec, { random, range }) {
    const mean = probeParam(spec, 'mean', parseNumber, (range.max + range.min) / 2)
    const sigma = probeParam(spec, 'sigma', parseNumber, (range.max - range.min) / 6)
    return { read: () => rounded(mean + sigma * random.gaussian()) }
  },
}
