// What a connection to the broker needs to be one.

import type { JsonObject } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Archive } from './durable/archive.ts'
import type { Keeper } from './durable/keeper.ts'
import type { Exchange } from './exchange.ts'
import type { Reading } from './hold.ts'
import type { Wire } from './outbox.ts'
import type { Rights } from './rights.ts'
import type { SpillBounds } from './spill.ts'

/** The client's connection. */
export interface PeerWire extends Wire, Reading {
  /** After what was written has gone out. */
  end(): void
}

/** What all connections of a broker share. */
export interface PeerSurroundings {
  readonly exchange: Exchange
  /** Of all clients: what came and what went. */
  readonly input: StageCount
  readonly output: StageCount
  readonly maxPacket: number
  /** Where packets are kept, if they are. */
  readonly keeper?: Keeper | undefined
  readonly archive?: Archive | undefined
  readonly spill?: SpillBounds | undefined
  /** The rights that a token gives; nothing where nobody has that token. */
  readonly rightsOf: (token: string | undefined) => Rights | undefined
  /** The state of the broker, piece by piece. */
  readonly status: () => Iterable<JsonObject>
}

export interface PeerOptions extends PeerSurroundings {
  readonly wire: PeerWire
  /** Why a client was hung up on. */
  readonly onFault: (reason: string) => void
}
