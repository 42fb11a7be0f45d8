// What publishing and pushing have in common: packets in, for peers that come and go.

import type { Batch, Packet } from '../../packet.ts'
import type { PeerReport, PeerReports, StageCount } from '../../stream/ledger.ts'
import type { Policy } from '../../stream/policy.ts'
import type { Message } from '../../zmtp/message.ts'
import type { LinkUser } from './link.ts'
import type { Wire } from './outbox.ts'

/** A connection whose handshake is done. */
export interface Peer extends Wire {
  readonly name: string
  /** Ends it badly: the peer broke the rules. */
  fail(reason: Error): void
  /** Ends it now. */
  cut(): void
  /** Ends it well; resolves when the peer has closed its side, or had this long to. */
  hangUp(milliseconds: number): Promise<void>
}

export interface DistributionOptions {
  readonly policy: Policy
  /** The bounds of what waits for one peer. */
  readonly packets: number
  readonly bytes: number
  /** Of all peers together. */
  readonly total: StageCount
  /** Nothing for a packet that cannot be sent. */
  readonly make: (packet: Packet) => Message | undefined
  readonly warn: (message: string) => void
  /** There is one more peer to send to. */
  readonly joined: () => void
  /** There is one less. */
  readonly left?: () => void
}

export interface Distribution {
  /** Peers that are sent to. */
  readonly size: number
  join(peer: Peer): LinkUser
  /** Never waits. */
  offer(batch: Batch): void
  /** Resolves when more may be offered without losing any or holding too much; nothing where it may be now. */
  room(): Promise<void> | undefined
  /** Resolves when the system has all that was offered; nothing where it has. */
  drained(): Promise<unknown> | undefined
  /** Drops what is left, with this reason, and ends the connections well; resolves when the peers had so many milliseconds. */
  close(reason: string, milliseconds: number): Promise<unknown>
  /** Ends all connections now. */
  cut(): void
  reports(): PeerReports
}

/** Nobody is there to send to. */
export const NO_READER = 'no reader'

/** How many packets were dropped, whatever the reason. */
export function lostOf({ dropped = {} }: PeerReport): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0)
}
