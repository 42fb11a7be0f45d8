// What a session makes of the bytes it is given.

import type { DataError } from '../errors.ts'
import type { Message } from './message.ts'

/** A change of what the peer wants: messages whose first part begins with the prefix. */
export interface Subscription {
  readonly subscribe: boolean
  readonly prefix: Uint8Array
}

/** What the bytes held that were pushed, whole things only. */
export interface Received {
  readonly messages: readonly Message[]
  readonly subscriptions: readonly Subscription[]
  /** Bytes to send to the peer: the rest of the handshake, answers to PING. */
  readonly reply: readonly Uint8Array[]
  /** The contexts of PONGs. */
  readonly pongs: readonly Uint8Array[]
  /** What ends the session: it came after all the others, and nothing more will be understood. */
  readonly failure: DataError | undefined
}

/** The same while it is made. */
export interface Receiving extends Received {
  readonly messages: Message[]
  readonly subscriptions: Subscription[]
  readonly reply: Uint8Array[]
  readonly pongs: Uint8Array[]
  failure: DataError | undefined
}
