// CURVE for the side that knows the server's key: HELLO, then INITIATE, which vouches for its own (RFC 26).

import { type Command, command } from './command.ts'
import { type Boxes, loadBoxes } from './curve-box.ts'
import { COOKIE, CurveHandshake, HELLO_HEAD, HELLO_PROOF, KEY } from './curve-handshake.ts'
import type { CurveKeys } from './curve-keys.ts'
import { COUNTED_OVERHEAD, RANDOM_OVERHEAD } from './curve-seal.ts'
import { type Mechanism, Refused } from './mechanism.ts'
import { decodeProperties, encodeProperties, type Properties } from './metadata.ts'

export interface CurveClientOptions {
  /** This side's own, by which a server knows it. */
  readonly keys: CurveKeys
  /** The public key of the server: another server is refused. */
  readonly serverKey: Uint8Array
}

const WELCOME = KEY + COOKIE + RANDOM_OVERHEAD

/** Throws Refused for a server key that cannot be one. */
export async function curveClient(options: CurveClientOptions): Promise<Mechanism> {
  const boxes = await loadBoxes()
  boxes.sharedKey(options.serverKey, options.keys.secretKey)
  return { name: 'CURVE', asServer: false, handshake: own => new ClientHandshake(boxes, own, options) }
}

class ClientHandshake extends CurveHandshake {
  readonly #keys: CurveKeys
  readonly #serverKey: Uint8Array
  readonly #transient: CurveKeys
  /** Of the client's transient key and the server's permanent one; after WELCOME of both transient keys. */
  #sharedKey: Uint8Array

  constructor(boxes: Boxes, own: Properties, { keys, serverKey }: CurveClientOptions) {
    super({ boxes, own, asServer: false, first: 'WELCOME' })
    this.#keys = keys
    this.#serverKey = serverKey
    this.#transient = boxes.keyPair()
    this.#sharedKey = boxes.sharedKey(serverKey, this.#transient.secretKey)
  }

  begin(): Command {
    const proof = this.sealing.counted('CurveZMQHELLO---', this.#sharedKey, HELLO_PROOF)
    return command('HELLO', Buffer.concat([HELLO_HEAD, this.#transient.publicKey, proof]))
  }

  protected take({ name, body }: Command): Command | undefined {
    return name === 'WELCOME' ? this.#initiate(body) : this.#ready(body)
  }

  #initiate(body: Uint8Array): Command {
    if (body.length !== WELCOME) throw new Refused(`a WELCOME of ${body.length} bytes: expected ${WELCOME}`)
    const content = this.sealing.openRandom('WELCOME-', this.#sharedKey, body)
    if (!content) throw new Refused('a WELCOME that is not of the server whose key was given')
    const peerKey = content.subarray(0, KEY)
    const cookie = content.subarray(KEY)
    this.#sharedKey = this.boxes.sharedKey(peerKey, this.#transient.secretKey)
    const vouched = Buffer.concat([this.#transient.publicKey, this.#serverKey])
    const vouch = this.sealing.random('VOUCH---', this.boxes.sharedKey(peerKey, this.#keys.secretKey), vouched)
    const about = Buffer.concat([this.#keys.publicKey, vouch, encodeProperties(this.own)])
    this.expect('READY')
    this.#transient.secretKey.fill(0)
    const sealed = this.sealing.counted('CurveZMQINITIATE', this.#sharedKey, about)
    return command('INITIATE', Buffer.concat([cookie, sealed]))
  }

  #ready(body: Uint8Array): undefined {
    if (body.length < COUNTED_OVERHEAD) {
      throw new Refused(`a READY of ${body.length} bytes: expected at least ${COUNTED_OVERHEAD}`)
    }
    const content = this.sealing.openCounted('CurveZMQREADY---', this.#sharedKey, body)
    if (!content) throw new Refused('a READY that is damaged or not of this connection')
    this.finish(this.#sharedKey, decodeProperties(content))
  }
}
