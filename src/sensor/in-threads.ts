// Sensors that each live in a thread of this process.

import { Worker } from 'node:worker_threads'
import { sensorEntry } from './entry.ts'
import { blockDecoder } from './link.ts'
import type { Habitat, RunningSensor, SensorEvents } from './running.ts'
import type { SensorOrders, SensorStart } from './sensor.ts'

/** What a thread is told. Each block it sends costs one credit; it waits when it has none. */
export type ThreadControl = { readonly start: SensorStart } | { readonly credit: number } | 'stop'

/** Blocks on their way before a thread waits. */
export const CREDITS = 8

export function inThreads(): Habitat {
  const ending: Promise<unknown>[] = []
  return {
    launch: (orders, events) => launchThread(orders, events, ending),
    async close() {
      await Promise.all(ending)
    },
  }
}

function launchThread(orders: SensorOrders, events: SensorEvents, ending: Promise<unknown>[]): RunningSensor {
  const worker = new Worker(sensorEntry(), { workerData: orders })
  const tell = (control: ThreadControl) => worker.postMessage(control)
  const decoder = blockDecoder()
  let killed = false
  let paused = false
  let owed = 0
  let reason = 'ended'
  worker.on('message', (bytes: Uint8Array) => {
    if (killed) return
    for (const block of decoder.push(bytes)) events.block(block)
    if (paused) owed++
    else tell({ credit: 1 })
  })
  worker.on('error', error => {
    reason = error.message
  })
  worker.on('exit', () => {
    if (!killed) events.gone(reason)
    killed = true
  })
  return {
    start: start => tell({ start }),
    pause() {
      paused = true
    },
    resume() {
      paused = false
      if (owed > 0) tell({ credit: owed })
      owed = 0
    },
    stop: () => tell('stop'),
    kill() {
      killed = true
      ending.push(worker.terminate())
    },
  }
}
