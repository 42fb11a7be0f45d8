// The HTTP server of an endpoint that listens: one path, one kind of request, everything else refused.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { ServerOpts, Socket } from 'node:net'
import type { Endpoint } from '../../url.ts'
import type { CarrierContext } from '../carrier.ts'
import { listen } from '../listen.ts'
import { type Address, pause } from '../socket.ts'
import { tlsSecrets } from '../tls.ts'
import { answer, checkCaller, PATIENT_SETTINGS, Refused, refuse } from './guard.ts'
import { HEADER } from './wording.ts'

export interface HttpAddress extends Address {
  /** Encoded as in a request. */
  readonly path: string
}

export type Serve = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>

/** Who has been silent for so long between two requests has to connect again. */
const IDLE_MS = 10 * 60_000

export interface HttpListener {
  /** Ends all when what is asked now has been answered, or after this time; gives how many answers were cut off. */
  close(patience: number): Promise<number>
  /** Ends all connections now. */
  cut(): void
}

/** `serve` by the methods that are served. What it throws is the answer. */
export async function listenHttp(
  endpoint: Endpoint,
  address: HttpAddress,
  { warn }: Pick<CarrierContext, 'warn'>,
  serve: Readonly<Record<string, Serve>>,
): Promise<HttpListener> {
  const list = (name: string) => endpoint.params.get(name)?.split(',') ?? []
  const callers = {
    hosts: list('host'),
    origins: list('origin'),
    headers: { sent: ['content-type', ...Object.values(HEADER)].join(), read: Object.values(HEADER).join() },
  }
  const underWay = new Set<ServerResponse>()
  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    try {
      checkCaller(request, response, callers)
      const url = new URL(request.url ?? '/', 'http://here')
      if (url.pathname !== address.path) throw new Refused(404, `${url.pathname}: expected ${address.path}`)
      if (request.method === 'OPTIONS') return answer(response, 204)
      const served = serve[request.method ?? '']
      if (served) return await served(request, response, url)
      response.setHeader('allow', Object.keys(serve).join(', '))
      throw new Refused(405, `${request.method}: expected ${Object.keys(serve).join(' or ')}`)
    } catch (error) {
      refuse(response, error)
    }
  }
  const server = await listenWith(endpoint, address, warn, (request, response) => void onRequest(request, response))
  return {
    async close(patience) {
      const answered = [...underWay].map(response => new Promise(resolve => response.once('close', resolve)))
      const over = new AbortController()
      await Promise.race([Promise.all(answered), pause(patience, over.signal)])
      over.abort()
      const cut = underWay.size
      // Not before: it would end connections whose answers have not gone out.
      server.close()
      server.closeAllConnections()
      return cut
    },
    cut() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function listenWith(
  endpoint: Endpoint,
  address: Address,
  warn: (message: string) => void,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const secrets = endpoint.scheme === 'https' ? tlsSecrets(endpoint, warn) : undefined
  const make = (options: ServerOpts) => {
    const settings = { ...PATIENT_SETTINGS, ...options, keepAliveTimeout: IDLE_MS }
    return secrets ? createSecureServer({ ...settings, ...secrets }, onRequest) : createServer(settings, onRequest)
  }
  let server: Server | undefined
  const secure = (options: ServerOpts, onSocket: (socket: Socket) => void) => {
    server = make(options)
    return server.on('connection', onSocket)
  }
  const securing = endpoint.scheme === 'https' ? 'client-ca=FILE' : 'https:// and client-ca=FILE'
  await listen(endpoint, address, { warn, secured: secrets?.requestCert === true, securing, secure }, () => {})
  return server ?? make({})
}
