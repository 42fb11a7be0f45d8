// Packets as bytes into an outlet.

import type { Batch } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { BoundedQueue } from '../stream/queue.ts'
import { queued } from '../stream/queued.ts'
import type { Encoder, Sink } from '../stream/step.ts'
import type { CarrierContext, Encode, Outlet } from './carrier.ts'

/** The encoder is chosen by the first batch. After a failed write, `close` sets aside what is half done. */
export function encodingSink(outlet: Outlet, encode: Encode, count: StageCount): Sink {
  let encoder: Encoder | undefined
  let file: Outlet['file']
  let failed = false

  function write(chunks: readonly Uint8Array[], packets: number): void | Promise<void> {
    try {
      const writing = chunks.length > 0 ? outlet.write(chunks) : undefined
      if (writing) return writing.then(() => wrote(chunks, packets), fail)
    } catch (error) {
      fail(error)
    }
    wrote(chunks, packets)
  }
  function wrote(chunks: readonly Uint8Array[], packets: number): void {
    count.out += packets
    for (const chunk of chunks) count.bytes += chunk.length
  }
  function fail(error: unknown): never {
    failed = true
    throw error
  }
  async function abort(): Promise<void> {
    await (outlet.abort?.() ?? outlet.close())
  }
  return {
    write(batch: Batch) {
      if (outlet.file !== file) encoder = undefined
      file = outlet.file
      encoder ??= encode(batch, file?.begun).encoder
      return write(encoder.push(batch), batch.length)
    },
    takesAtOnce: outlet.takesAtOnce === true,
    ...(outlet.commit && { commit: () => outlet.commit?.() }),
    async close() {
      if (failed) return abort()
      try {
        await write(encoder?.end?.() ?? [], 0)
      } catch (error) {
        await abort()
        throw error
      }
      await outlet.close()
    },
    abort,
  }
}

/** The sink as it is where a full output blocks; else behind a queue that does as the policy says. */
export function byPolicy(sink: Sink, name: string, { policy, buffer, ledger }: CarrierContext): Sink {
  if (policy === 'block') return sink
  return queued(sink, new BoundedQueue({ policy, packets: buffer, stage: name, count: ledger.stage('output') }))
}
