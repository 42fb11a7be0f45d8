// Packets as a SigMF recording: the samples first, and when they are all there, what is known of them.

import { createHash } from 'node:crypto'
import { Recorder } from '../codec/sigmf/recorder.ts'
import { UsageError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Sink } from '../stream/step.ts'
import type { CarrierContext, Outlet } from './carrier.ts'
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
  /** There are samples, under their temporary name. */
  let hasSamples = false

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
  async function metadataOutlet(): Promise<Outlet> {
    const metadata = atomicOutlet(`${base}.sigmf-meta`, 'end', context)
    await metadata.write([Buffer.from(recorder.metadata({ sha512: hash?.digest('hex') }))])
    return metadata
  }
  return {
    write(batch) {
      const chunks = chunksOf(batch)
      if (chunks.length === 0) return undefined
      hasSamples = true
      return dataset.write(chunks)
    },
    async close() {
      hasSamples = false
      await dataset.close()
      await (await metadataOutlet()).close()
    },
    async abort() {
      await dataset.abort?.()
      if (!hasSamples) return
      // What was written of the samples is worth little where nobody knows what they are.
      try {
        await (await metadataOutlet()).abort?.()
      } catch {
        // The first error says it all.
      }
    },
  }
}
