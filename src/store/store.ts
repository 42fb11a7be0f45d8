// What a store is: a repository of packets that can be appended to, made durable and read back.

import type { Ledger } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink, Source } from '../stream/step.ts'
import type { Endpoint } from '../url.ts'

export const SYNC_MODES = ['always', 'interval', 'never'] as const
/** When written records are made durable: before every acknowledgement, every second, or when the system likes. */
export type SyncMode = (typeof SYNC_MODES)[number]

export interface StoreContext {
  readonly ledger: Ledger
  readonly reject: Rejecter
  readonly warn: (message: string) => void
  readonly sync: SyncMode
  readonly rotation: Rotation
  /** Whether screens are people (aligned, coloured) or programs (TAB). */
  readonly terminal: { readonly columns: number; readonly color: boolean } | undefined
}

export interface Rotation {
  /** Bytes; a file that would grow beyond it is closed and the next begun. */
  readonly size?: number
  /** Milliseconds; files change at multiples of it since midnight UTC. */
  readonly interval?: number
  /** How many finished files are kept. */
  readonly keep?: number
  /** Bytes that must stay free on the disk. */
  readonly minFree?: number
}

/** An open store: the sink of log-sink. `commit` makes all written so far as durable as `--sync` says. */
export interface Store extends Sink {
  readonly name: string
  /** SIGHUP: close the file and open it (or its next name) again. */
  reopen?(): Promise<void>
}

export interface ReadOptions {
  /** Epoch milliseconds, inclusive. */
  readonly since?: number
  /** Epoch milliseconds, exclusive. */
  readonly until?: number
  readonly names?: readonly string[]
  readonly follow?: boolean
  readonly stop: AbortSignal
  readonly reject: Rejecter
}

export interface StoreKind {
  readonly scheme: string
  readonly summary: string
  readonly example: string
  readonly params: readonly { readonly name: string; readonly argument?: string; readonly summary: string }[]
  open(endpoint: Endpoint, context: StoreContext): Promise<Store>
  read?(endpoint: Endpoint, options: ReadOptions): Source
}
