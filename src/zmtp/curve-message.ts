// The traffic of CURVE after its handshake: MESSAGE commands, each a box of one part (RFC 26).

import { COUNTED_OVERHEAD, type CountedPrefix, type CurveSeal } from './curve-seal.ts'
import { Refused } from './mechanism.ts'

export interface TrafficOptions {
  /** Goes on counting where the handshake left it. */
  readonly seal: CurveSeal
  readonly sharedKey: Uint8Array
  readonly asServer: boolean
}

const FLAGS = 1
const SHORTEST = COUNTED_OVERHEAD + FLAGS
/** 1 more parts follow, 2 a command. */
const ALL_FLAGS = 3

/** Each side has a prefix of its own: a box cannot be sent back to who made it. */
const CLIENT = 'CurveZMQMESSAGEC'
const SERVER = 'CurveZMQMESSAGES'

export class CurveTraffic {
  readonly #seal: CurveSeal
  readonly #sharedKey: Uint8Array
  readonly #own: CountedPrefix
  readonly #peers: CountedPrefix

  constructor({ seal, sharedKey, asServer }: TrafficOptions) {
    this.#seal = seal
    this.#sharedKey = sharedKey
    this.#own = asServer ? SERVER : CLIENT
    this.#peers = asServer ? CLIENT : SERVER
  }

  /** See `Handshake.seal`. */
  seal(flags: number, part: Uint8Array): Uint8Array {
    const content = Buffer.allocUnsafe(FLAGS + part.length)
    content[0] = flags
    content.set(part, FLAGS)
    return this.#seal.counted(this.#own, this.#sharedKey, content)
  }

  /** See `Handshake.open`; throws Refused. */
  open(body: Uint8Array): { readonly flags: number; readonly body: Uint8Array } {
    if (body.length < SHORTEST) throw new Refused(`a MESSAGE of ${body.length} bytes: expected at least ${SHORTEST}`)
    const content = this.#seal.openCounted(this.#peers, this.#sharedKey, body)
    const flags = content?.[0]
    if (!content || flags === undefined) throw new Refused('a MESSAGE that is damaged or not of this connection')
    if (flags > ALL_FLAGS) throw new Refused(`a MESSAGE with the flags ${flags}: expected 0 to ${ALL_FLAGS}`)
    return { flags, body: content.subarray(FLAGS) }
  }
}
