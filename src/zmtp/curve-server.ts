// CURVE for the side whose key is known: WELCOME with a cookie, then READY for the clients it lets in (RFC 26).

import { randomBytes } from 'node:crypto'
import { type Command, command } from './command.ts'
import { type Boxes, loadBoxes } from './curve-box.ts'
import { COOKIE, CurveHandshake, HELLO_HEAD, HELLO_PROOF, KEY, VOUCH } from './curve-handshake.ts'
import type { CurveKeys } from './curve-keys.ts'
import { COUNTED_OVERHEAD } from './curve-seal.ts'
import { type Mechanism, Refused } from './mechanism.ts'
import { decodeProperties, encodeProperties, type Properties } from './metadata.ts'
import { encodeZ85 } from './z85.ts'

export interface CurveServerOptions {
  readonly keys: CurveKeys
  /** The public keys, in Z85, of the clients that are let in; 'any' lets in every client that knows this server's. */
  readonly allowed: ReadonlySet<string> | 'any'
}

/** What a client that is not allowed is told, as by libzmq's authentication (RFC 27). */
const NOT_AUTHENTICATED = '400'

const HELLO = HELLO_HEAD.length + KEY + HELLO_PROOF.length + COUNTED_OVERHEAD
const SHORTEST_INITIATE = COOKIE + KEY + VOUCH + COUNTED_OVERHEAD

export async function curveServer(options: CurveServerOptions): Promise<Mechanism> {
  const boxes = await loadBoxes()
  return { name: 'CURVE', asServer: true, handshake: own => new ServerHandshake(boxes, own, options) }
}

/**
 * Between HELLO and INITIATE the connection's keys are in the cookie alone, as the specification asks. The key of the
 * cookie is the connection's own and works once: a recorded handshake cannot be replayed on another connection.
 */
class ServerHandshake extends CurveHandshake {
  readonly #keys: CurveKeys
  readonly #allowed: CurveServerOptions['allowed']
  readonly #cookieKey = randomBytes(KEY)

  constructor(boxes: Boxes, own: Properties, { keys, allowed }: CurveServerOptions) {
    super({ boxes, own, asServer: true, first: 'HELLO' })
    this.#keys = keys
    this.#allowed = allowed
  }

  begin(): undefined {}

  protected take({ name, body }: Command): Command {
    return name === 'HELLO' ? this.#welcome(body) : this.#ready(body)
  }

  #welcome(body: Uint8Array): Command {
    if (body.length !== HELLO) throw new Refused(`a HELLO of ${body.length} bytes: expected ${HELLO}`)
    const clientKey = body.subarray(HELLO_HEAD.length, HELLO_HEAD.length + KEY)
    if (!HELLO_HEAD.equals(body.subarray(0, HELLO_HEAD.length)))
      throw new Refused('a HELLO that is not of CurveZMQ 1.0')
    const sharedKey = this.boxes.sharedKey(clientKey, this.#keys.secretKey)
    const proof = this.sealing.openCounted('CurveZMQHELLO---', sharedKey, body.subarray(HELLO_HEAD.length + KEY))
    if (!proof) throw new Refused("a HELLO that is not for this server's key")
    const { publicKey, secretKey } = this.boxes.keyPair()
    const cookie = this.sealing.random('COOKIE--', this.#cookieKey, Buffer.concat([clientKey, secretKey]))
    secretKey.fill(0)
    this.expect('INITIATE')
    return command('WELCOME', this.sealing.random('WELCOME-', sharedKey, Buffer.concat([publicKey, cookie])))
  }

  #ready(body: Uint8Array): Command {
    if (body.length < SHORTEST_INITIATE) {
      throw new Refused(`an INITIATE of ${body.length} bytes: expected at least ${SHORTEST_INITIATE}`)
    }
    const transient = this.#openCookie(body.subarray(0, COOKIE))
    const sharedKey = this.boxes.sharedKey(transient.publicKey, transient.secretKey)
    const about = this.sealing.openCounted('CurveZMQINITIATE', sharedKey, body.subarray(COOKIE))
    if (!about) throw new Refused('an INITIATE that is damaged or not of this connection')
    this.#checkVouch(about, transient)
    this.#checkAllowed(about.subarray(0, KEY))
    this.finish(sharedKey, decodeProperties(about.subarray(KEY + VOUCH)))
    transient.secretKey.fill(0)
    return command('READY', this.sealing.counted('CurveZMQREADY---', sharedKey, encodeProperties(this.own)))
  }

  /** The client's transient public key and this side's transient secret one. */
  #openCookie(cookie: Uint8Array): CurveKeys {
    const content = this.sealing.openRandom('COOKIE--', this.#cookieKey, cookie)
    if (!content) throw new Refused('an INITIATE whose cookie is not of this connection')
    this.#cookieKey.fill(0)
    return { publicKey: content.subarray(0, KEY), secretKey: content.subarray(KEY) }
  }

  /** The client's permanent key vouches for the transient one, towards this server and no other. */
  #checkVouch(about: Uint8Array, transient: CurveKeys): void {
    const sharedKey = this.boxes.sharedKey(about.subarray(0, KEY), transient.secretKey)
    const vouched = this.sealing.openRandom('VOUCH---', sharedKey, about.subarray(KEY, KEY + VOUCH))
    if (!vouched || !Buffer.concat([transient.publicKey, this.#keys.publicKey]).equals(vouched)) {
      throw new Refused('an INITIATE whose vouch is not for this connection')
    }
  }

  #checkAllowed(clientKey: Uint8Array): void {
    const key = encodeZ85(clientKey)
    if (this.#allowed === 'any' || this.#allowed.has(key)) return
    throw new Refused(`a client that is not allowed, with the public key ${key}`, { told: NOT_AUTHENTICATED })
  }
}
