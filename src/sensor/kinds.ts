// Ready-made kinds of sensors: what they are called, how often they speak, in which range and unit.

import type { Range } from '../probe/probe.ts'

export interface SensorKind {
  readonly name: string
  /** The name of the third sensor, if it is of this kind, is `PREFIX-2`. */
  readonly prefix: string
  /** Milliseconds. */
  readonly interval: number
  readonly unit: string
  readonly range: Range
}

export const SENSOR_KINDS: readonly SensorKind[] = [
  { name: 'temperature', prefix: 'TEMP', interval: 1000, unit: '°C', range: { min: -20, max: 50, digits: 1 } },
  { name: 'heat', prefix: 'HEA', interval: 2000, unit: 'W/m²', range: { min: 0, max: 1000, digits: 0 } },
  { name: 'water', prefix: 'WTR', interval: 3000, unit: 'cm', range: { min: 0, max: 250, digits: 0 } },
  { name: 'humidity', prefix: 'HUM', interval: 4000, unit: '%', range: { min: 0, max: 100, digits: 1 } },
  { name: 'smoke', prefix: 'SMK', interval: 5000, unit: 'ppm', range: { min: 0, max: 1000, digits: 0 } },
  { name: 'pressure', prefix: 'PRS', interval: 10_000, unit: 'hPa', range: { min: 950, max: 1050, digits: 1 } },
]
