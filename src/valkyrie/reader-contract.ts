// What a reader is asked, and what it tells.

import type { PeerReport } from '../stream/ledger.ts'
import type { Reject } from '../stream/reject.ts'

export interface ReaderEvents {
  /** Words about the state of the link. */
  readonly warning: [message: string]
  /** A message that is no packet; the others come all the same. */
  readonly reject: [reject: Reject]
  readonly close: []
}

export interface ReaderCounts {
  /** Packets that came over the link; those that nobody has read yet are among them. */
  readonly received: number
  readonly bytes: number
  /** Messages that were no packets, by reason. */
  readonly rejected: Readonly<Record<string, number>>
  /** Packets that are known to be missing, by reason. */
  readonly lost: Readonly<Record<string, number>>
  /** Over the wire, for each writer that is there, and the latest that were. */
  readonly writers: Readonly<Record<string, PeerReport>>
}

export interface ReadOptions {
  /** Milliseconds; 0 looks whether something is there. Default: that of the configuration. */
  readonly timeout?: number
  /** Aborting it rejects the read with its reason; no packet is lost by that. */
  readonly signal?: AbortSignal
}
