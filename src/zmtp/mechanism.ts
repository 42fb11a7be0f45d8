// A security mechanism: what two peers say to each other between the greetings and the first message.

import { DataError } from '../errors.ts'
import type { Command } from './command.ts'
import type { Properties } from './metadata.ts'

/** How this side secures its connections; one for any number of them. */
export interface Mechanism {
  readonly name: 'NULL' | 'PLAIN' | 'CURVE'
  readonly asServer: boolean
  /** Begins one connection. `own` is what the peer is told about this side. */
  handshake(own: Properties): Handshake
}

export interface Handshake {
  /** What this side says first, after the greetings. */
  begin(): Command | undefined
  /** Takes a command of the peer and gives the answer; throws Refused. */
  receive(command: Command): Command | undefined
  /** What the peer told about itself: set once the handshake is done in both directions. */
  readonly peer: Properties | undefined
  /**
   * The data of a MESSAGE command (what follows its name) that carries a part or a command. Absent where traffic is in
   * the clear. `flags` are those of CurveZMQ: 1 more parts follow, 2 a command.
   */
  readonly seal?: (flags: number, body: Uint8Array) => Uint8Array
  /** The inverse of `seal`; throws Refused. */
  readonly open?: (body: Uint8Array) => { readonly flags: number; readonly body: Uint8Array }
}

export interface RefusedOptions {
  /** What the peer is told in an ERROR command, at most 255 printable characters; the reason unless it says too much. */
  readonly told?: string
  /** Whether the peer refused this side, instead of this side the peer. */
  readonly byPeer?: boolean
  /** The connection, for the error's text. */
  readonly source?: string
  readonly cause?: unknown
}

/** The connection cannot go on: the peer broke the protocol, is not the one expected, or refused this side. */
export class Refused extends DataError {
  readonly told: string
  readonly byPeer: boolean
  constructor(reason: string, { told = reason, byPeer = false, source = 'peer', cause }: RefusedOptions = {}) {
    super({ source }, reason, { cause })
    this.told = told
    this.byPeer = byPeer
  }
}
