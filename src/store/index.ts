// The stores, in the order they are documented, and which one an endpoint means.

import { extname } from 'node:path'
import { UsageError } from '../errors.ts'
import { type Endpoint, withoutSecrets } from '../url.ts'
import { csv } from './csv.ts'
import { frame } from './frame.ts'
import { memory } from './memory.ts'
import { ndjson } from './ndjson.ts'
import { plot } from './plot.ts'
import { postgresStore } from './postgres.ts'
import { screen } from './screen.ts'
import { sqliteStore } from './sqlite.ts'
import type { StoreKind } from './store.ts'

export const STORES: readonly StoreKind[] = [csv, sqliteStore, postgresStore, ndjson, frame, memory, screen, plot]

/** A path alone is the store of its ending. */
export const STORE_ENDINGS: Readonly<Record<string, string>> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.daq': 'frame',
  '.frame': 'frame',
  '.sqlite': 'sqlite',
  '.sqlite3': 'sqlite',
  '.db': 'sqlite',
  '.svg': 'plot',
  '.png': 'plot',
}

/** `csv:PATH`, or a path whose ending says what it is: `log.csv`. */
export function storeFor(endpoint: Endpoint): StoreKind {
  const scheme = endpoint.scheme === 'file' ? STORE_ENDINGS[extname(endpoint.rest).toLowerCase()] : endpoint.scheme
  const kind = STORES.find(store => store.scheme === scheme)
  if (kind) return kind
  const schemes = STORES.map(store => `${store.scheme}:`).join(' ')
  const endings = Object.keys(STORE_ENDINGS).join(' ')
  throw new UsageError(
    `${withoutSecrets(endpoint.text)}: no such store: expected ${schemes} or a path that ends in ${endings}`,
  )
}
