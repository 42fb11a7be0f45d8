// HTTP: `http://HOST:PORT/PATH` and `https:`, by long polling and by posts.

import { UsageError } from '../errors.ts'
import { parseCount, parseDuration } from '../units.ts'
import { type Endpoint, flagParam, hostPort, param } from '../url.ts'
import type { Carrier, CarrierContext, CarrierParam } from './carrier.ts'
import { PEERS_PARAM } from './fan-out.ts'
import type { HttpAddress } from './http/server.ts'
import { INSECURE_PARAM, LISTEN_PARAMS } from './listen.ts'
import { ON_DEMAND_PARAM } from './on-demand.ts'
import { WAIT_PARAM } from './socket.ts'
import { TLS_CLIENT_PARAMS, TLS_SERVER_PARAMS } from './tls.ts'

const PARAMS: readonly CarrierParam[] = [
  ...LISTEN_PARAMS,
  PEERS_PARAM,
  {
    name: 'linger',
    argument: 'DURATION',
    summary: 'output, with listen: at the end, answer so much longer those who come late; default: 0',
  },
  { name: 'once', summary: 'input, with listen: end when the first writer has ended' },
  {
    name: 'from',
    argument: 'N',
    summary:
      'input: begin with packet N, counted from 0, or the oldest that is kept; default: what is written from now on',
  },
  {
    name: 'name',
    argument: 'NAME',
    summary:
      'input: go on where the reader of this name had dealt with all before, also if that was another process; what it ' +
      'had not dealt with comes again',
  },
  {
    name: 'policy',
    argument: 'POLICY',
    summary: 'input: what the writer does with packets that this reader is too slow for',
  },
  {
    name: 'buffer',
    argument: 'N',
    summary: 'input: how many packets may wait for this reader, at most those that are kept',
  },
  INSECURE_PARAM,
  {
    name: 'host',
    argument: 'NAME,…',
    summary: 'with listen: names by which it may be called, beside its address and localhost',
  },
  { name: 'origin', argument: 'URL,…', summary: 'with listen: let pages of these origins use it' },
  WAIT_PARAM,
  { name: 'reconnect', argument: 'no', summary: 'fail when the connection breaks; default: connect again' },
  ON_DEMAND_PARAM,
]

function httpCarrier(scheme: string, kind: Pick<Carrier, 'summary' | 'example' | 'params'>): Carrier {
  return {
    ...kind,
    scheme,
    single: endpoint => !flagParam(endpoint, 'listen'),
    source(endpoint, context, decode) {
      const address = httpAddress(endpoint)
      param(endpoint, 'from', parseCount)
      param(endpoint, 'buffer', parseCount)
      if (flagParam(endpoint, 'listen')) {
        return (async function* () {
          const { postsSource } = await import('./http/posts.ts')
          yield* postsSource(endpoint, address, context, decode)
        })()
      }
      return (async function* () {
        const { pollSource } = await import('./http/poll.ts')
        yield* pollSource(endpoint, await securely(endpoint, address, context), context, decode)
      })()
    },
    async sink(endpoint, context, encode) {
      const address = httpAddress(endpoint)
      param(endpoint, 'linger', parseDuration)
      if (flagParam(endpoint, 'listen')) {
        const { serveReaders } = await import('./http/readers.ts')
        return serveReaders(endpoint, address, context, encode)
      }
      const { postSink } = await import('./http/post.ts')
      return postSink(endpoint, await securely(endpoint, address, context), context, encode)
    },
  }
}

async function securely(endpoint: Endpoint, address: HttpAddress, { warn }: CarrierContext): Promise<HttpAddress> {
  if (endpoint.scheme === 'http') return address
  const { tlsClient } = await import('./tls.ts')
  return { ...address, secure: tlsClient(endpoint, warn) }
}

/** The path as it stands in a request: `/` where there is none. */
function httpAddress(endpoint: Endpoint): HttpAddress {
  const [, place = '', path = ''] = /^(\/\/[^/]*)(.*)$/s.exec(endpoint.rest) ?? []
  const { host, port } = hostPort({ ...endpoint, rest: place })
  try {
    const { pathname } = new URL(`http://here${path}`)
    return { name: `${endpoint.scheme}:${endpoint.rest}`, options: { host, port }, path: pathname }
  } catch (error) {
    throw new UsageError(`${endpoint.text}: expected ${endpoint.scheme}://HOST:PORT/PATH`, { cause: error })
  }
}

export const http = httpCarrier('http', {
  summary: 'HTTP: readers ask for what comes, writers post; with listen it serves either',
  example: 'http://HOST:PORT/PATH',
  params: PARAMS,
})

export const https = httpCarrier('https', {
  summary: 'the same over TLS',
  example: 'https://HOST:PORT/PATH',
  params: [...PARAMS, ...TLS_SERVER_PARAMS, ...TLS_CLIENT_PARAMS.filter(({ name }) => name === 'ca')],
})
