// What a store is: a repository of packets that can be appended to, made durable and read back.

import type { OpenScreen } from '../chart/screen.ts'
import type { Ledger } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink, Source } from '../stream/step.ts'
import type { Endpoint } from '../url.ts'

export const SYNC_MODES = ['always', 'interval', 'never'] as const
/**
 * When written records are made durable: before every acknowledgement and whenever nothing more is ready (or enough has
 * gathered), every second, or when the system likes.
 */
export type SyncMode = (typeof SYNC_MODES)[number]

export interface StoreContext {
  readonly ledger: Ledger
  /** Takes what the store cannot hold (a key without a column). Such a packet is not counted `in`. */
  readonly reject: Rejecter
  readonly warn: (message: string) => void
  readonly sync: SyncMode
  readonly rotation: Rotation
  /** Whether screens are people (aligned, coloured) or programs (TAB). */
  readonly terminal: { readonly columns: number; readonly color: boolean } | undefined
  /** The input is acknowledged, so a packet may come again: one whose `id` is stored already is counted, not stored. */
  readonly deduplicate?: boolean
  /** Epoch milliseconds; the clock of rotation. */
  readonly now?: () => number
  /** Where `screen:` writes. */
  readonly print?: (text: string) => void | Promise<void>
  /** The terminal that `plot:-` draws on, and what its key q aborts. */
  readonly openScreen?: OpenScreen
  readonly stopping?: AbortController
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

/**
 * An open store: the sink of log-sink. `commit` makes all written so far as durable as `--sync` says; with `always` it
 * is called as soon as nothing more is ready. A store counts `in`, `out` (stored), `duplicate` and `bytes` in the ledger's stage
 * `name`; what is neither out nor duplicate when it fails is counted as dropped by the log.
 */
export interface Store extends Sink {
  /** As the user wrote it, without secrets. */
  readonly name: string
  /** How to look at what is stored: a command line for people. */
  readonly look?: string
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
