// A sink that never makes its writer wait: what it cannot take at once goes through a bounded queue.

import type { Batch } from '../packet.ts'
import type { BoundedQueue } from './queue.ts'
import type { Sink } from './step.ts'

/** The queue's policy must not be `block`. Errors of the sink are thrown at the next call. */
export function queued(sink: Sink, queue: BoundedQueue): Sink {
  let busy: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined

  const check = () => {
    if (failure) throw failure.error
  }
  async function drain(first: Promise<void>): Promise<void> {
    try {
      await first
      while (!queue.isEmpty) await sink.write(queue.take())
    } catch (error) {
      failure = { error }
    } finally {
      busy = undefined
    }
  }
  const settled = async () => {
    await busy
    check()
  }
  return {
    demand: sink.demand,
    write(batch: Batch) {
      check()
      if (busy) return queue.push(batch)
      const writing = sink.write(batch)
      if (writing) busy = drain(writing)
    },
    async commit() {
      await settled()
      await sink.commit?.()
    },
    async close() {
      await settled()
      await sink.close()
    },
    async abort() {
      await (sink.abort?.() ?? sink.close())
    },
  }
}
