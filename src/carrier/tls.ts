// TLS for connections: certificates and keys from files.

import { readFileSync } from 'node:fs'
import type { NetConnectOpts, Server, ServerOpts, Socket } from 'node:net'
import { connect, createServer } from 'node:tls'
import { UsageError } from '../errors.ts'
import type { Endpoint } from '../url.ts'
import type { CarrierParam } from './carrier.ts'
import { inWords } from './failure.ts'
import { warnOfReaders } from './secret-file.ts'

type Warn = (message: string) => void

/** A handshake that takes longer is given up. */
const HANDSHAKE_MS = 10_000

export const TLS_SERVER_PARAMS: readonly CarrierParam[] = [
  {
    name: 'cert',
    argument: 'FILE',
    summary: 'tls: the certificate of the server, PEM, with those that lead to its root',
  },
  { name: 'key', argument: 'FILE', summary: 'tls: its private key, PEM' },
  { name: 'client-ca', argument: 'FILE', summary: 'tls: let in only clients with a certificate that these sign' },
]

export const TLS_CLIENT_PARAMS: readonly CarrierParam[] = [
  {
    name: 'ca',
    argument: 'FILE',
    summary: 'tls: trust the certificates that these sign, instead of those the system trusts',
  },
  { name: 'cert', argument: 'FILE', summary: 'tls: the certificate of the client, where the server asks for one' },
  { name: 'key', argument: 'FILE', summary: 'tls: its private key' },
]

/** Throws a UsageError where the certificate or the key is missing or none. */
export function tlsServer(
  endpoint: Endpoint,
  warn: Warn,
): (options: ServerOpts, onSocket: (socket: Socket) => void) => Server {
  const secrets = { ...tlsSecrets(endpoint, warn), handshakeTimeout: HANDSHAKE_MS }
  return (options, onSocket) => {
    try {
      return createServer({ ...options, ...secrets }, onSocket)
    } catch (error) {
      throw badFile(endpoint, error)
    }
  }
}

/** Warns of a key that others may read. */
export function tlsSecrets(endpoint: Endpoint, warn: Warn) {
  const cert = pem(endpoint, 'cert')
  const key = keyOf(endpoint, warn)
  const ca = pem(endpoint, 'client-ca')
  if (!cert || !key) throw new UsageError(`${endpoint.text}: expected ?cert=FILE&key=FILE`)
  return { cert, key, ...(ca && { ca, requestCert: true }) }
}

export function tlsClient(endpoint: Endpoint, warn: Warn): (options: NetConnectOpts) => Socket {
  const files = { ca: pem(endpoint, 'ca'), cert: pem(endpoint, 'cert'), key: keyOf(endpoint, warn) }
  const given = Object.fromEntries(Object.entries(files).filter(([, file]) => file))
  return options => {
    try {
      const host = 'host' in options && options.host && !/^[\d.]+$|:/.test(options.host) ? options.host : undefined
      return connect({ ...options, ...given, ...(host && { servername: host }) })
    } catch (error) {
      throw badFile(endpoint, error)
    }
  }
}

function pem(endpoint: Endpoint, name: string): Buffer | undefined {
  const path = endpoint.params.get(name)
  return path === undefined ? undefined : inWords(path, () => readFileSync(path))
}

function keyOf(endpoint: Endpoint, warn: Warn): Buffer | undefined {
  const path = endpoint.params.get('key')
  if (path !== undefined) warnOfReaders(path, warn)
  return pem(endpoint, 'key')
}

/** Makes a server of certificates and keys that may not be what they should be. */
export function withSecrets<Made>(
  endpoint: Endpoint,
  warn: Warn,
  make: (secrets: ReturnType<typeof tlsSecrets>) => Made,
): Made {
  const secrets = tlsSecrets(endpoint, warn)
  try {
    return make(secrets)
  } catch (error) {
    throw badFile(endpoint, error)
  }
}

function badFile(endpoint: Endpoint, error: unknown): UsageError {
  const reason = error instanceof Error ? error.message : String(error)
  return new UsageError(`${endpoint.text}: a certificate or key is not what it should be: ${reason}`, { cause: error })
}
