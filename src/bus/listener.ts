// Where a broker listens: the endpoints that it knows, and what an address that is not loopback needs.

import type { Server } from 'node:net'
import { INSECURE_PARAM, isLoopback, type ListenOptions } from '../carrier/listen.ts'
import type { Address } from '../carrier/socket.ts'
import { tcpAddress } from '../carrier/tcp.ts'
import { TLS_SERVER_PARAMS, tlsServer } from '../carrier/tls.ts'
import { unixAddress } from '../carrier/unix.ts'
import { UsageError } from '../errors.ts'
import { checkParams, type Endpoint, flagParam } from '../url.ts'

export interface ListenerKind {
  readonly example: string
  readonly summary: string
  readonly params: readonly { readonly name: string; readonly argument?: string; readonly summary: string }[]
}

const MOST_CLIENTS = 100_000
const MAX_PEERS = {
  name: 'max-peers',
  argument: 'N',
  summary: `refuse more clients than this at once; default: ${MOST_CLIENTS}`,
}

/** Who polls keeps no connection, but what waits for it. */
export const MOST_POLLING = 10_000
const HTTP_PARAMS = [
  {
    name: 'max-peers',
    argument: 'N',
    summary: `refuse more connections than this at once, and more clients that poll; default: ${MOST_CLIENTS} and ${MOST_POLLING}`,
  },
  { name: 'host', argument: 'NAME,…', summary: 'names by which it may be called, beside its address and localhost' },
  { name: 'origin', argument: 'URL,…', summary: 'let pages of these origins use it' },
]

/** In the order of the manual, by scheme. */
export const LISTENERS: Readonly<Record<string, ListenerKind>> = {
  tcp: { example: 'tcp://HOST:PORT', summary: 'clients over TCP', params: [MAX_PEERS, INSECURE_PARAM] },
  tls: {
    example: 'tls://HOST:PORT?cert=FILE&key=FILE',
    summary: 'clients over TLS',
    params: [MAX_PEERS, INSECURE_PARAM, ...TLS_SERVER_PARAMS],
  },
  http: {
    example: 'http://HOST:PORT',
    summary: 'browsers and curl: GET subscribes, POST publishes',
    params: [INSECURE_PARAM, ...HTTP_PARAMS],
  },
  https: {
    example: 'https://HOST:PORT?cert=FILE&key=FILE',
    summary: 'the same over TLS',
    params: [INSECURE_PARAM, ...HTTP_PARAMS, ...TLS_SERVER_PARAMS],
  },
  unix: { example: 'unix:PATH', summary: 'clients of this machine', params: [MAX_PEERS] },
}

interface ListenerSettings {
  readonly hasTokens: boolean
  readonly warn: (message: string) => void
  /** Makes a server of its own for each endpoint. */
  readonly http: () => Server
}

/** How to listen on an endpoint. Throws a UsageError for one that nobody should listen on. */
export function listenerOf(
  endpoint: Endpoint,
  { hasTokens, warn, http }: ListenerSettings,
): { readonly address: Address; readonly options: Omit<ListenOptions, 'warn'> } {
  const { scheme, text } = endpoint
  const kind = LISTENERS[scheme]
  if (!kind) {
    const known = Object.values(LISTENERS).map(({ example }) => example)
    throw new UsageError(`${text}: a broker listens on ${known.join(', ')}`)
  }
  checkParams(
    endpoint,
    kind.params.map(({ name }) => name),
  )
  const address = scheme === 'unix' ? unixAddress(endpoint) : tcpAddress(endpoint)
  const { host } = address.options
  if (host !== undefined && !isLoopback(host) && !flagParam(endpoint, 'insecure')) {
    if (!['tls', 'https'].includes(scheme) || !hasTokens) {
      throw new UsageError(
        `${text}: anybody who reaches ${host} could connect: listen on 127.0.0.1, or on tls:// or https:// with --tokens, or add insecure to allow it`,
      )
    }
  }
  return {
    address,
    options: { secured: true, most: MOST_CLIENTS, ...secureOf(endpoint, { warn, http }) },
  }
}

/** What is listened with instead of a plain server. */
function secureOf(
  endpoint: Endpoint,
  { warn, http }: Pick<ListenerSettings, 'warn' | 'http'>,
): Pick<ListenOptions, 'secure'> {
  if (endpoint.scheme === 'tls') return { secure: tlsServer(endpoint, warn) }
  return endpoint.scheme.startsWith('http') ? { secure: () => http() } : {}
}
