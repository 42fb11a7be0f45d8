// Several sinks as one: each packet goes to all of them.

import type { Batch } from '../packet.ts'
import { JointDemand } from './demand.ts'
import type { StageCount } from './ledger.ts'
import type { Sink } from './step.ts'

export interface TeeOutput {
  /** As the user wrote it, for the warning when it fails. */
  readonly name: string
  readonly sink: Sink
}

export interface TeeOptions {
  /** The first failure fails all; default: while another output lives, a dead one is named and goes without. */
  readonly strict?: boolean
  readonly warn: (message: string) => void
  /** Packets that a dead output went without are dropped here, by the reason `output failed`. */
  readonly count: StageCount
}

const OUTPUT_FAILED = 'output failed'

export function tee(outputs: readonly TeeOutput[], { strict = false, warn, count }: TeeOptions): Sink {
  const alive = new Set(outputs)
  let dead = 0

  async function fail(output: TeeOutput, error: unknown): Promise<void> {
    if (!alive.delete(output)) return
    dead++
    if (strict || alive.size === 0) throw error
    warn(`${error instanceof Error ? error.message : error}; the other outputs go on`)
    await discard(output.sink)
  }
  /** Calls every living output, so that a slow one does not keep the others waiting for their start. */
  function each(act: (sink: Sink) => void | Promise<void>): void | Promise<void> {
    const waiting: Promise<void>[] = []
    for (const output of alive) {
      let pending: void | Promise<void>
      try {
        pending = act(output.sink)?.catch(error => fail(output, error))
      } catch (error) {
        pending = fail(output, error)
      }
      if (pending) waiting.push(pending)
    }
    return waiting.length > 0 ? Promise.all(waiting).then(() => {}) : undefined
  }
  const demand = new JointDemand()
  for (const { sink } of outputs) demand.add(sink.demand)
  return {
    demand,
    write(batch: Batch) {
      const written = each(sink => sink.write(batch))
      const drop = () => {
        if (dead > 0) count.drop(OUTPUT_FAILED, dead * batch.length)
      }
      return written ? written.then(drop) : drop()
    },
    commit() {
      return each(sink => sink.commit?.())
    },
    async close() {
      const results = await Promise.allSettled([...alive].map(({ sink }) => sink.close()))
      const failed = results.find(result => result.status === 'rejected')
      if (failed) throw failed.reason
    },
    async abort() {
      await Promise.all([...alive].map(({ sink }) => discard(sink)))
    },
  }
}

/** The failure that led here has been told already. */
async function discard(sink: Sink): Promise<void> {
  try {
    await (sink.abort?.() ?? sink.close())
  } catch {}
}
