// Passes the first packets and drops the rest.

import type { Stage } from '../stream/step.ts'

export interface First extends Stage {
  /** Whether all have passed: more input changes nothing. */
  readonly done: boolean
}

export function first(count: number): First {
  let left = count
  return {
    push(batch) {
      const passed = batch.length <= left ? batch : batch.slice(0, left)
      left -= passed.length
      return passed
    },
    get done() {
      return left === 0
    },
  }
}
