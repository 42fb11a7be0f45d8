// Sensors that start together do not tick at the same instant: each would wait for the others' turn on the processor.

import type { SensorStart } from './sensor.ts'

/** Milliseconds over which the first ticks are spread, at most: nobody notices, and a tick takes far less. */
const SPREAD_MS = 5

export interface Staggering {
  /** The sensor's place among so many. */
  readonly index: number
  readonly sensors: number
  /** Milliseconds between its ticks; 0 is as fast as possible. */
  readonly interval: number
}

/** The common start, for one sensor: a part of its interval later than for the one before it. */
export function staggered(common: SensorStart, { index, sensors, interval }: Staggering): SensorStart {
  const later = (Math.min(interval, SPREAD_MS) * index) / sensors
  return { start: common.start + later, realStart: common.realStart + later }
}
