// How an endpoint secures its connections: not at all, with user and password, or with CURVE.

import { UsageError } from '../../errors.ts'
import { type Endpoint, flagParam } from '../../url.ts'
import { curveClient } from '../../zmtp/curve-client.ts'
import { generateKeys } from '../../zmtp/curve-keys.ts'
import { curveServer } from '../../zmtp/curve-server.ts'
import type { Mechanism } from '../../zmtp/mechanism.ts'
import { NULL } from '../../zmtp/null.ts'
import { type Credentials, plainClient, plainServer } from '../../zmtp/plain.ts'
import { readAllowedKeys, readKeyPair, readPublicKey } from '../curve-files.ts'
import { readSecret, warnOfReaders } from '../secret-file.ts'

export const SECURITY_PARAMS = [
  {
    name: 'plain',
    argument: 'FILE',
    summary: 'user:password in a file, over the wire in the clear; with listen: one line for each that is let in',
  },
  { name: 'curve-key', argument: 'FILE', summary: 'CURVE: the file with the own secret key' },
  { name: 'curve-server-key', argument: 'FILE', summary: "CURVE, to connect: the file with the listener's public key" },
  {
    name: 'curve-allow',
    argument: 'FILE',
    summary: 'CURVE, to listen: the public keys that are let in, one a line; any: whoever knows the own public key',
  },
]

/** What a listener needs. */
export const SECURING = 'curve-key and curve-allow'

/** Whether peers must prove who they are and nobody else can read what is said. */
export function isSecured({ params }: Endpoint): boolean {
  return ['curve-key', 'curve-server-key', 'curve-allow'].some(name => params.has(name))
}

/** Which side of the mechanism this one is goes by the keys it has, and is else the listener's. Throws a UsageError. */
function asServer(endpoint: Endpoint): boolean {
  const { params, text } = endpoint
  if (!isSecured(endpoint)) return flagParam(endpoint, 'listen')
  if (params.has('plain')) throw new UsageError(`${text}: plain and CURVE exclude each other`)
  const server = params.has('curve-allow')
  if (server === params.has('curve-server-key')) {
    throw new UsageError(`${text}: CURVE needs either curve-allow, to let peers in, or curve-server-key`)
  }
  if (server && !params.has('curve-key')) throw new UsageError(`${text}: curve-allow needs curve-key`)
  return server
}

/** Throws a UsageError for parameters that do not go together; reads nothing. */
export function checkSecurity(endpoint: Endpoint): void {
  asServer(endpoint)
}

/** Reads the files that are named, and warns of secrets that others may read. */
export async function mechanismOf(endpoint: Endpoint, warn: (message: string) => void): Promise<Mechanism> {
  const server = asServer(endpoint)
  const { params } = endpoint
  const plain = params.get('plain')
  if (plain !== undefined) return plainOf(readSecret(plain, warn), plain, server)
  if (!isSecured(endpoint)) return NULL
  const keyFile = params.get('curve-key')
  if (keyFile !== undefined) warnOfReaders(keyFile, warn)
  const keys = keyFile === undefined ? generateKeys() : readKeyPair(keyFile)
  if (!server) {
    return curveClient({ keys, serverKey: readPublicKey(params.get('curve-server-key') ?? '') })
  }
  const allow = params.get('curve-allow') ?? ''
  return curveServer({ keys, allowed: allow === 'any' ? 'any' : readAllowedKeys(allow) })
}

function plainOf(text: string, path: string, server: boolean): Mechanism {
  const lines = text.split(/\r?\n/).filter(line => line !== '')
  const all = lines.map((line, index): Credentials => {
    const colon = line.indexOf(':')
    if (colon < 0) throw new UsageError(`${path}:${index + 1}: expected user:password`)
    return { user: line.slice(0, colon), password: line.slice(colon + 1) }
  })
  const [first] = all
  if (!first || (!server && all.length > 1)) {
    throw new UsageError(`${path}: expected ${server ? 'lines of user:password' : 'one line user:password'}`)
  }
  return server ? plainServer(all) : plainClient(first)
}
