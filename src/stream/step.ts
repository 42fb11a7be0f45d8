// The algebra: a Step is synchronous and stateful; everything asynchronous happens at the two ends.

import type { Batch } from '../packet.ts'
import type { Demand } from './demand.ts'

/** Turns input into output; `end` gives what was still held back. No I/O, no promises. */
export interface Step<In, Out> {
  push(input: In): Out
  end?(): Out
}

export type Decoder = Step<Uint8Array, Batch>
export type Stage = Step<Batch, Batch>
export type Encoder = Step<Batch, readonly Uint8Array[]>
export type Source = AsyncIterable<Batch>

/** Where packets end. `write` resolves when more may come, `commit` when all written so far is durable. */
export interface Sink {
  write(batch: Batch): void | Promise<void>
  /** A batch is done with when `write` has returned, or its promise resolved: its memory may be written again. */
  readonly takesAtOnce?: boolean
  /** Whether anybody takes what is written; where it is missing, always. */
  readonly demand?: Demand | undefined
  commit?(): void | Promise<void>
  /** Ends well: all that was written is kept. */
  close(): Promise<void>
  /** Ends badly: what is half done is set aside. Where it is missing, `close` does. */
  abort?(): Promise<void>
}

const NOTHING: Batch = []

/** Several stages as one. The ends run in order: what one held back still passes the ones after it. */
export function chain(stages: readonly Stage[]): Stage {
  return {
    push(input) {
      let batch = input
      for (const stage of stages) {
        if (batch.length === 0) return NOTHING
        batch = stage.push(batch)
      }
      return batch
    },
    end() {
      let batch: Batch = NOTHING
      for (const stage of stages) {
        const passed = batch.length > 0 ? stage.push(batch) : NOTHING
        const rest = stage.end?.() ?? NOTHING
        batch = passed.length === 0 ? rest : rest.length === 0 ? passed : [...passed, ...rest]
      }
      return batch
    },
  }
}
