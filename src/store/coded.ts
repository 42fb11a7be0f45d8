// Stores whose files are nothing but what a codec writes: ndjson and frame.

import type { RecordFormat } from '../carrier/record-format.ts'
import { codecNamed } from '../codec/index.ts'
import type { Decoder } from '../stream/step.ts'
import { checkParams, type Endpoint } from '../url.ts'
import { FileStore } from './file-store.ts'
import { readSeries } from './read-series.ts'
import { idOf } from './recent-ids.ts'
import type { RecordFile } from './record-file.ts'
import type { ReadOptions, Store, StoreContext, StoreKind } from './store.ts'

export interface CodedFiles {
  /** The codec's name, and the store's scheme. */
  readonly scheme: string
  readonly summary: string
  readonly example: string
  readonly format: RecordFormat
  readonly look: (path: string) => string
}

export function codedStore({ scheme, summary, example, format, look }: CodedFiles): StoreKind {
  return {
    scheme,
    summary,
    example,
    params: [],
    async open(endpoint, context): Promise<Store> {
      checkParams(endpoint, [])
      return new FileStore({
        name: endpoint.text,
        pattern: endpoint.rest,
        look,
        context,
        records: ({ reject }: StoreContext) => {
          const codec = codecNamed(scheme)
          return {
            format,
            encoder: codec.encoder({ reject }),
            ids: (file, position) => idsFrom(file, position, codec.decoder({ source: file.path, reject: ignore })),
          }
        },
      })
    },
    read(endpoint: Endpoint, options: ReadOptions) {
      checkParams(endpoint, [])
      const decoder = (source: string) => codecNamed(scheme).decoder({ source, reject: options.reject })
      return readSeries({ ...options, pattern: endpoint.rest, format, decoder })
    },
  }
}

/** Damage inside a file is named by whoever reads it. */
function ignore(): void {}

/** The ids of the records from a position on, oldest first. */
function idsFrom(file: RecordFile, position: number, decoder: Decoder): readonly string[] {
  const ids: string[] = []
  const window = file.window()
  const take = (batch: ReturnType<Decoder['push']>) => {
    for (const packet of batch) {
      const id = idOf(packet)
      if (id !== undefined) ids.push(id)
    }
  }
  for (let at = position; at < window.size; at += window.block) {
    take(decoder.push(window.read(at, Math.min(window.block, window.size - at))))
  }
  take(decoder.end?.() ?? [])
  return ids
}
