// A sensor while it runs, seen from the network: what can be asked of it, and what it tells.

import type { Block } from './link.ts'
import type { SensorOrders, SensorStart } from './sensor.ts'

export interface RunningSensor {
  /** Once, after its block `ready`. */
  start(start: SensorStart): void
  /** Nothing more is read from it until `resume`: it waits. */
  pause(): void
  resume(): void
  /** Ends its ticking; what it has sent still comes, then a block `end`. */
  stop(): void
  /** Ends it now. */
  kill(): void
}

export interface SensorEvents {
  readonly block: (block: Block) => void
  /** Nothing more will come; `reason` says why in words. */
  readonly gone: (reason: string) => void
}

/** One way to let sensors live: each in a process, in a thread, or here. */
export interface Habitat {
  launch(orders: SensorOrders, events: SensorEvents): RunningSensor
  /** After all sensors are gone or killed. */
  close(): Promise<void>
}
