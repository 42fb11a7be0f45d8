// random: uniform values over the sensor's range.

import type { ProbeKind } from './probe.ts'

export const random: ProbeKind = {
  name: 'random',
  summary: "uniform over the sensor's range, both ends included (default whole numbers from -100 to 100)",
  example: 'random',
  params: [],
  make(_spec, { random, range }) {
    const scale = 10 ** range.digits
    const min = Math.round(range.min * scale)
    const max = Math.round(range.max * scale)
    return scale === 1 ? { read: () => random.integer(min, max) } : { read: () => random.integer(min, max) / scale }
  },
}
