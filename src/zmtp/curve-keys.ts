// Key pairs of CURVE, and the texts that hold them: key files, public keys, lists of allowed clients.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { DataError } from '../errors.ts'
import { decodeZ85, encodeZ85 } from './z85.ts'

/** 32 bytes each. */
export interface CurveKeys {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** A key in Z85. */
const KEY_CHARACTERS = 40

/** What stands before the 32 bytes of a secret X25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')

export function generateKeys(): CurveKeys {
  const { privateKey } = generateKeyPairSync('x25519')
  return { publicKey: publicHalf(privateKey), secretKey: ownBytes(privateKey.export({ format: 'jwk' }).d) }
}

export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return publicHalf(createPrivateKey({ key: Buffer.concat([PKCS8, secretKey]), format: 'der', type: 'pkcs8' }))
}

function publicHalf(privateKey: KeyObject): Uint8Array {
  return ownBytes(createPublicKey(privateKey).export({ format: 'jwk' }).x)
}

/** A copy outside of the pool that small Buffers share. */
function ownBytes(base64 = ''): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64url'))
}

/**
 * The key pair of a key file, which has the properties `public-key` and `secret-key`, as a certificate of
 * pyzmq or czmq has them. `source` names the file in errors, which never hold what stands in it.
 */
export function parseKeyPair(text: string, source: string): CurveKeys {
  const { publicKey, secretKey } = parseProperties(text, source)
  if (secretKey === undefined) throw new DataError({ source }, 'no secret key in it: expected a line secret-key = "…"')
  const own = publicKeyOf(secretKey)
  if (publicKey !== undefined && !Buffer.from(own).equals(publicKey)) {
    throw new DataError({ source }, 'its public key does not belong to its secret key')
  }
  return { publicKey: own, secretKey }
}

/** The public key of a text: 40 characters of Z85 alone on a line, or a key file. Errors as of `parseKeyPair`. */
export function parsePublicKey(text: string, source: string): Uint8Array {
  const bare = bareKeys(text)
  const [first, second] = bare
  if (second !== undefined) throw new DataError({ source, line: second.line }, 'expected one public key')
  if (first !== undefined) return first.key
  const { publicKey, secretKey } = parseProperties(text, source)
  if (publicKey !== undefined) return publicKey
  if (secretKey !== undefined) return publicKeyOf(secretKey)
  throw new DataError({ source }, `no public key in it: expected ${KEY_CHARACTERS} characters of Z85`)
}

/**
 * The public keys, in Z85, of the clients that a server lets in: one a line, and `#` comments, on a line of their own
 * or after a blank: a key may hold a `#`, but none begins with one.
 */
export function parseAllowedKeys(text: string, source: string): ReadonlySet<string> {
  const allowed = new Set<string>()
  for (const [line, content] of linesOf(text)) {
    const key = content.replace(/(?:^|\s)#.*/, '').trimEnd()
    if (key === '') continue
    if (!keyOf(key)) throw new DataError({ source, line }, `expected a public key: ${KEY_CHARACTERS} characters of Z85`)
    allowed.add(key)
  }
  if (allowed.size === 0) throw new DataError({ source }, 'no public key in it: nobody would be allowed')
  return allowed
}

/** A key file: pyzmq and czmq read it as a certificate. */
export function keyFileText({ publicKey, secretKey }: CurveKeys, comment: string): string {
  return `${certificateText(publicKey, comment)}    secret-key = "${encodeZ85(secretKey)}"\n`
}

/** The public half of a key file. */
export function certificateText(publicKey: Uint8Array, comment: string): string {
  return `# ${comment}\n\nmetadata\ncurve\n    public-key = "${encodeZ85(publicKey)}"\n`
}

/** ZPL (ZeroMQ RFC 4) as far as keys need it: in quotes or not. */
function parseProperties(text: string, source: string): { readonly [Half in keyof CurveKeys]: Uint8Array | undefined } {
  const found = new Map<string, Uint8Array>()
  for (const [line, content] of linesOf(text)) {
    const property = /^(public|secret)-key\s*=\s*(["']?)(.*?)\2$/.exec(content)
    if (!property) continue
    const [, half = '', , value = ''] = property
    const key = keyOf(value)
    if (!key) throw new DataError({ source, line }, `${half}-key: expected ${KEY_CHARACTERS} characters of Z85`)
    found.set(half, key)
  }
  return { publicKey: found.get('public'), secretKey: found.get('secret') }
}

function bareKeys(text: string): readonly { readonly line: number; readonly key: Uint8Array }[] {
  return [...linesOf(text)].flatMap(([line, content]) => {
    const key = keyOf(content)
    return key === undefined ? [] : [{ line, key }]
  })
}

function* linesOf(text: string): Generator<readonly [line: number, content: string]> {
  for (const [index, line] of text.split('\n').entries()) yield [index + 1, line.trim()]
}

function keyOf(text: string): Uint8Array | undefined {
  return text.length === KEY_CHARACTERS ? decodeZ85(text) : undefined
}
