// What the simulation remembers of one sensor, also while it is started again.

import type { SensorConfig } from './config.ts'
import type { RunningSensor } from './running.ts'

export interface Place {
  readonly config: SensorConfig
  running: RunningSensor | undefined
  ready: boolean
  paused: boolean
  over: boolean
  restarts: number
  /** Messages, over all its lives. */
  received: number
}

export function newPlace(config: SensorConfig): Place {
  return { config, running: undefined, ready: false, paused: false, over: false, restarts: 0, received: 0 }
}
