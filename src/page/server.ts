// The page's server: its files by HTTP; the socket of each page is handed on.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { SERVER_SETTINGS } from '../carrier/http/guard.ts'
import { listen } from '../carrier/listen.ts'
import { withSecrets } from '../carrier/tls.ts'
import { type Endpoint, hostPort } from '../url.ts'
import { refusal } from './address.ts'
import { Files, SECURITY_HEADERS } from './files.ts'

export interface PageServerOptions {
  readonly warn: (message: string) => void
  /** Takes over the connection of a page that asks for a socket. */
  readonly onSocket: (request: IncomingMessage, connection: Duplex, head: Buffer) => void
}

export interface PageServer {
  readonly url: string
  readonly build: string
  close(): void
}

/** The path of the socket. */
const LIVE = '/live'
const MOST_CONNECTIONS = 1024

/** Says where it listens. */
export async function servePage(endpoint: Endpoint, { warn, onSocket }: PageServerOptions): Promise<PageServer> {
  const files = new Files()
  const names = endpoint.params.get('host')?.split(',') ?? []
  const onRequest = (request: IncomingMessage, response: ServerResponse) => serve(request, response, files, names)
  const isSecure = endpoint.scheme === 'https'
  const server: Server = isSecure
    ? withSecrets(endpoint, warn, secrets => createSecureServer({ ...SERVER_SETTINGS, ...secrets }, onRequest))
    : createServer(SERVER_SETTINGS, onRequest)
  server.maxConnections = MOST_CONNECTIONS
  server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    connection.on('error', () => connection.destroy())
    const why = refusal(request, names)
    if (why !== undefined || pathOf(request) !== LIVE) hangUp(connection, why ?? 'no such path')
    else onSocket(request, connection, head)
  })
  const { host, port } = hostPort(endpoint)
  const options = { warn() {}, secured: true, secure: () => server }
  const urlOf = (port: number) => `${endpoint.scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
  const listener = await listen(endpoint, { name: urlOf(port), options: { host, port } }, options, () => {})
  const url = urlOf(listener.port ?? port)
  warn(`listening on ${url}`)
  return {
    url,
    build: files.build,
    close() {
      listener.close()
      server.closeAllConnections()
    },
  }
}

function serve(request: IncomingMessage, response: ServerResponse, files: Files, names: readonly string[]): void {
  const why = refusal(request, names)
  if (why !== undefined) answer(response, 403, why)
  else if (request.method !== 'GET' && request.method !== 'HEAD')
    answer(response, 405, 'expected GET', { allow: 'GET, HEAD' })
  else if (!files.serve(pathOf(request), request, response)) answer(response, 404, 'no such file')
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

function answer(
  response: ServerResponse,
  status: number,
  words: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers })
  response.end(`${words}\n`)
}

function hangUp(connection: Duplex, words: string): void {
  connection.end(`HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n${words}\n`)
}
