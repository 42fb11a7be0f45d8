// What the broker tells of a client, however it is connected.

import type { Outbox } from './outbox.ts'
import type { Participant } from './participant.ts'

export interface ClientState {
  readonly participant: Participant
  readonly outbox: Outbox
  /** Packets that came. */
  readonly received: number
  /** Whether nothing is read from it, because others are slower. */
  readonly isWaiting: boolean
}
