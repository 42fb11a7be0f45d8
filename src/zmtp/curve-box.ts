// The boxes of NaCl that CURVE is made of, by libsodium, which libzmq uses, too.

import type { CurveKeys } from './curve-keys.ts'
import { Refused } from './mechanism.ts'

/** X25519, XSalsa20 and Poly1305; `nonce` is 24 bytes, a box 16 bytes longer than what is in it. */
export interface Boxes {
  keyPair(): CurveKeys
  /** The key that both ends compute; throws Refused for a public key that leads to no secret. */
  sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array
  seal(sharedKey: Uint8Array, nonce: Uint8Array, content: Uint8Array): Uint8Array
  /** Undefined for a box that is not authentic. */
  open(sharedKey: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined
}

export const BOX_OVERHEAD = 16

/**
 * libsodium comes as WebAssembly within a JavaScript file: nothing is compiled at installation, and it is loaded only
 * here. Sealing 64 B takes 1.4 µs, 1 KiB 3.4 µs, 1 MiB 2.1 ms, and agreeing on a key 0.07 ms; tweetnacl takes 1.6 µs,
 * 9.4 µs, 7.0 ms and 0.44 ms, @noble 3.4 µs, 9.6 µs, 5.1 ms and 0.81 ms (node:crypto 0.41 ms, and it has no XSalsa20).
 * For that it takes 18 ms to load instead of 5 or 7, and what memory the largest box needed it keeps.
 */
export async function loadBoxes(): Promise<Boxes> {
  const { default: sodium } = await import('libsodium-wrappers')
  await sodium.ready
  return {
    keyPair() {
      const { publicKey, privateKey } = sodium.crypto_box_keypair()
      return { publicKey, secretKey: privateKey }
    },
    sharedKey(publicKey, secretKey) {
      try {
        return sodium.crypto_box_beforenm(publicKey, secretKey)
      } catch {
        throw new Refused('a public key that nobody has the secret key of')
      }
    },
    seal: (sharedKey, nonce, content) => sodium.crypto_box_easy_afternm(content, nonce, sharedKey),
    open(sharedKey, nonce, box) {
      try {
        return sodium.crypto_box_open_easy_afternm(box, nonce, sharedKey)
      } catch {
        return undefined
      }
    },
  }
}
