// Packets as a SigMF recording: the samples first, and when they are all there, what is known of them.

import { createHash } from 'node:crypto'
import { Recorder } from '../codec/sigmf/recorder.ts'
import { UsageError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Sink } from '../stream/step.ts'
import type { CarrierContext } from './carrier.ts'
import { atomicOutlet } from './file-outlet.ts'

/** A recording without metadata is none: until the last moment the samples have a temporary name. */
export async function sigmfSink(
  path: string,
  context: CarrierContext,
  { hash: wanted }: { readonly hash: boolean },
): Promise<Sink> {
  const base = path.replace(/\.sigmf-(?:meta|data)$/, '')
  if (base === '' || base.endsWith('.sigmf')) throw new UsageError(`sigmf:${path}: expected a path without an ending`)
  const count = context.ledger.stage('output')
  const recorder = new Recorder()
  const hash = wanted ? createHash('sha512') : undefined
  const dataset = atomicOutlet(`${base}.sigmf-data`, 'end', context)
  const refused = new Set<string>()

  function chunksOf(batch: Batch): Uint8Array[] {
    const chunks: Uint8Array[] = []
    for (const packet of batch) {
      const bytes = recorder.push(packet)
      if (bytes === undefined) continue
      if (bytes instanceof Uint8Array) {
        chunks.push(bytes)
        hash?.update(bytes)
        count.out++
        count.bytes += bytes.length
        continue
      }
      count.reject(bytes.reason)
      if (!refused.has(bytes.reason)) context.warn(`${base}: rejected: ${bytes.reason}: ${bytes.detail}`)
      refused.add(bytes.reason)
    }
    return chunks
  }
  return {
    write(batch) {
      const chunks = chunksOf(batch)
      return chunks.length > 0 ? dataset.write(chunks) : undefined
    },
    async close() {
      await dataset.close()
      const metadata = atomicOutlet(`${base}.sigmf-meta`, 'end', context)
      await metadata.write([Buffer.from(recorder.metadata({ sha512: hash?.digest('hex') }))])
      await metadata.close()
    },
    abort: async () => dataset.abort?.(),
  }
}
