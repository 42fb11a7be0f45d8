// Sensors that live in this very thread: no isolation, no start-up time.

import { systemClock } from './clock.ts'
import { blockDecoder, textBlock } from './link.ts'
import type { Habitat } from './running.ts'
import { runSensor, type SensorStart } from './sensor.ts'

export function inPlace(): Habitat {
  return {
    launch(orders, events) {
      const decoder = blockDecoder()
      const stop = new AbortController()
      let begin: (start: SensorStart) => void = () => {}
      const started = new Promise<SensorStart>(resolve => {
        begin = resolve
      })
      let alive = true
      let paused: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined
      const send = (bytes: Uint8Array) => {
        if (!alive) return
        for (const block of decoder.push(bytes)) events.block(block)
        return paused?.promise
      }
      const release = () => {
        paused?.resolve()
        paused = undefined
      }
      const run = async () => {
        try {
          await runSensor(orders, started, { link: { send }, clock: systemClock, stop: stop.signal })
        } catch (error) {
          send(textBlock('failure', error instanceof Error ? error.message : String(error)))
        }
        if (alive) events.gone('ended')
        alive = false
      }
      // Not before the caller has got hold of it.
      setImmediate(() => void run())
      return {
        start: begin,
        pause() {
          if (paused) return
          let resolve = () => {}
          const promise = new Promise<void>(done => {
            resolve = done
          })
          paused = { promise, resolve }
        },
        resume: release,
        stop: () => stop.abort(),
        kill() {
          alive = false
          stop.abort()
          begin({ start: 0, realStart: 0 })
          release()
        },
      }
    },
    async close() {},
  }
}
