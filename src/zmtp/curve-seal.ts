// What CurveZMQ sends sealed: the end of a nonce, then a box. Nonces make each box another one (RFC 26).

import { randomBytes } from 'node:crypto'
import { BOX_OVERHEAD, type Boxes } from './curve-box.ts'
import { Refused } from './mechanism.ts'

/** A nonce that counts begins with this: by it a box of one command cannot pass for that of another. */
export type CountedPrefix =
  | 'CurveZMQHELLO---'
  | 'CurveZMQINITIATE'
  | 'CurveZMQREADY---'
  | 'CurveZMQMESSAGEC'
  | 'CurveZMQMESSAGES'

/** A random nonce begins with this. */
export type RandomPrefix = 'WELCOME-' | 'COOKIE--' | 'VOUCH---'

const COUNT = 8
const RANDOM = 16

/** By how much the sealed is longer than its content. */
export const COUNTED_OVERHEAD = COUNT + BOX_OVERHEAD
export const RANDOM_OVERHEAD = RANDOM + BOX_OVERHEAD

/** Both directions of one connection. What is not authentic opens as undefined. */
export class CurveSeal {
  readonly #boxes: Boxes
  #sent = 0n
  #received = 0n

  constructor(boxes: Boxes) {
    this.#boxes = boxes
  }

  counted(prefix: CountedPrefix, sharedKey: Uint8Array, content: Uint8Array): Buffer {
    this.#sent += 1n
    const nonce = Buffer.allocUnsafe(prefix.length + COUNT)
    nonce.write(prefix, 'latin1')
    nonce.writeBigUInt64BE(this.#sent, prefix.length)
    return joined(nonce.subarray(prefix.length), this.#boxes.seal(sharedKey, nonce, content))
  }

  /** Throws Refused unless the count is higher than all that came before: it was cut short or is a replay. */
  openCounted(prefix: CountedPrefix, sharedKey: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.length < COUNTED_OVERHEAD) return undefined
    const nonce = Buffer.allocUnsafe(prefix.length + COUNT)
    nonce.write(prefix, 'latin1')
    nonce.set(sealed.subarray(0, COUNT), prefix.length)
    const count = nonce.readBigUInt64BE(prefix.length)
    if (count <= this.#received) throw new Refused(`nonce ${count} again: expected more than ${this.#received}`)
    this.#received = count
    return this.#boxes.open(sharedKey, nonce, sealed.subarray(COUNT))
  }

  random(prefix: RandomPrefix, sharedKey: Uint8Array, content: Uint8Array): Buffer {
    const nonce = Buffer.concat([Buffer.from(prefix), randomBytes(RANDOM)])
    return joined(nonce.subarray(prefix.length), this.#boxes.seal(sharedKey, nonce, content))
  }

  openRandom(prefix: RandomPrefix, sharedKey: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const nonce = Buffer.concat([Buffer.from(prefix), sealed.subarray(0, RANDOM)])
    return this.#boxes.open(sharedKey, nonce, sealed.subarray(RANDOM))
  }
}

function joined(nonce: Uint8Array, box: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(nonce.length + box.length)
  sealed.set(nonce)
  sealed.set(box, nonce.length)
  return sealed
}
