// What both sides of a CURVE handshake have in common: its order, its sizes, and the traffic that it leads to (RFC 26).

import { type Command, refusedByPeer } from './command.ts'
import type { Boxes } from './curve-box.ts'
import { CurveTraffic } from './curve-message.ts'
import { CurveSeal, RANDOM_OVERHEAD } from './curve-seal.ts'
import { type Handshake, Refused } from './mechanism.ts'
import type { Properties } from './metadata.ts'

export const KEY = 32
/** A client's transient public key and the server's transient secret key, sealed. */
export const COOKIE = 2 * KEY + RANDOM_OVERHEAD
/** A client's transient public key and the server's public key, sealed. */
export const VOUCH = 2 * KEY + RANDOM_OVERHEAD
/** HELLO begins with the version of CurveZMQ and the zeros that make it longer than its answer. */
export const HELLO_HEAD = Buffer.concat([Uint8Array.of(1, 0), new Uint8Array(72)])
/** What HELLO proves its key with. */
export const HELLO_PROOF = new Uint8Array(64)

type Step = 'HELLO' | 'WELCOME' | 'INITIATE' | 'READY'

export interface SideOptions {
  readonly boxes: Boxes
  readonly own: Properties
  readonly asServer: boolean
  /** The command that this side waits for first. */
  readonly first: Step
}

/** One side of one connection. Errors never hold a key but the public one of a client that is not allowed. */
export abstract class CurveHandshake implements Handshake {
  protected readonly boxes: Boxes
  protected readonly own: Properties
  protected readonly sealing: CurveSeal
  readonly #asServer: boolean
  #expected: Step | undefined
  #traffic: CurveTraffic | undefined
  peer: Properties | undefined

  constructor({ boxes, own, asServer, first }: SideOptions) {
    this.boxes = boxes
    this.own = own
    this.sealing = new CurveSeal(boxes)
    this.#asServer = asServer
    this.#expected = first
  }

  abstract begin(): Command | undefined

  /** Takes the command that is expected now. */
  protected abstract take(command: Command): Command | undefined

  receive(received: Command): Command | undefined {
    if (received.name === 'ERROR') throw refusedByPeer(received)
    if (received.name !== this.#expected) throw this.#unexpected(received.name)
    return this.take(received)
  }

  protected expect(next: Step): void {
    this.#expected = next
  }

  protected finish(sharedKey: Uint8Array, peer: Properties): void {
    this.#expected = undefined
    this.#traffic = new CurveTraffic({ seal: this.sealing, sharedKey, asServer: this.#asServer })
    this.peer = peer
  }

  seal(flags: number, part: Uint8Array): Uint8Array {
    if (!this.#traffic) throw new Error('CURVE: nothing can be sealed before the handshake is done')
    return this.#traffic.seal(flags, part)
  }

  open(body: Uint8Array): { readonly flags: number; readonly body: Uint8Array } {
    if (!this.#traffic) throw this.#unexpected('MESSAGE')
    return this.#traffic.open(body)
  }

  #unexpected(name: string): Refused {
    return new Refused(`${name} out of turn: expected ${this.#expected ?? 'MESSAGE'}`)
  }
}
