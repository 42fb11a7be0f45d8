// The broker over HTTP: GET subscribes (server-sent events, lines without end, long polling), POST publishes. See broker(5).

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { answer, checkCaller, Refused, refuse, SERVER_SETTINGS } from '../carrier/http/guard.ts'
import { makeIds } from '../id.ts'
import type { ClientState } from './client-state.ts'
import { BadRequest, type SubscribeRequest } from './control.ts'
import { PollSession } from './http-poll.ts'
import { publishBody } from './http-publish.ts'
import { EventWire, ResponseWire } from './http-stream.ts'
import { subscriptionOf } from './http-subscription.ts'
import { Outbox, type Wire } from './outbox.ts'
import { Participant } from './participant.ts'
import type { PeerSurroundings } from './peer-options.ts'
import type { Rights } from './rights.ts'

export interface HttpDoorOptions extends PeerSurroundings {
  /** A certificate and its key: HTTPS. */
  readonly secrets?: { readonly cert: Buffer; readonly key: Buffer } | undefined
  /** Names by which it may be called beside addresses and localhost, and origins whose pages may use it. */
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
  /** Clients that poll, at once. */
  readonly mostPolling: number
  readonly joined: (name: string, client: ClientState) => void
  readonly left: (client: ClientState) => void
}

const HEADERS = { sent: 'authorization, content-type', read: 'daq-session' }

export class HttpDoor {
  readonly #options: HttpDoorOptions
  readonly #sessions = new Map<string, PollSession>()
  readonly #ids = makeIds()
  readonly #streams = new Set<ServerResponse>()
  readonly server: Server

  constructor(options: HttpDoorOptions) {
    this.#options = options
    const onRequest = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response)
    this.server = options.secrets
      ? createSecureServer({ ...SERVER_SETTINGS, ...options.secrets }, onRequest)
      : createServer(SERVER_SETTINGS, onRequest)
  }

  close(): void {
    this.server.close()
    for (const session of this.#sessions.values()) session.leave()
    this.#sessions.clear()
    for (const stream of this.#streams) stream.end()
    this.server.closeIdleConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '/', 'http://broker')
      checkCaller(request, response, { ...this.#options, headers: HEADERS })
      const rights = this.#rightsOf(request, url)
      const { pathname } = url
      const topic = /^\/topics\/?(.*)$/.exec(pathname)?.[1]
      if (request.method === 'OPTIONS') answer(response, 204)
      else if (topic !== undefined && request.method === 'POST') await this.#publish(request, response, topic, rights)
      else if (topic !== undefined && request.method === 'GET') this.#subscribe(url, request, response, rights)
      else if (pathname === '/ps' && request.method === 'GET') this.#status(response, rights)
      else
        throw new Refused(404, `${request.method} ${pathname}: expected GET or POST of /topics/ADDRESS, or GET of /ps`)
    } catch (error) {
      refuse(response, error instanceof BadRequest ? new Refused(400, error.message) : error)
    }
  }

  #rightsOf({ headers }: IncomingMessage, { searchParams }: URL): Rights {
    const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
    const rights = this.#options.rightsOf(bearer ?? searchParams.get('token') ?? undefined)
    if (!rights) throw new Refused(401, 'expected Authorization: Bearer TOKEN')
    return rights
  }

  async #publish(request: IncomingMessage, response: ServerResponse, topic: string, rights: Rights): Promise<void> {
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of request) {
      const bytes: Buffer = chunk
      length += bytes.length
      if (length <= this.#options.maxPacket) chunks.push(bytes)
    }
    if (length > this.#options.maxPacket) throw new Refused(413, `a body of more than ${this.#options.maxPacket} bytes`)
    const address = topic === '' ? undefined : decodeURIComponent(topic)
    const { status, words } = await publishBody(Buffer.concat(chunks), address, rights, this.#options)
    answer(response, status, words)
  }

  #subscribe(url: URL, request: IncomingMessage, response: ServerResponse, rights: Rights): void {
    const { searchParams } = url
    const known = this.#sessions.get(searchParams.get('session') ?? '')
    if (known) {
      known.ask(response)
      return
    }
    const wanted = subscriptionOf(url, request)
    const isEvents = /\btext\/event-stream\b/.test(request.headers.accept ?? '')
    if (isEvents || searchParams.has('stream')) this.#stream(wanted, { isEvents, request, response, rights })
    else this.#poll(wanted, { request, response, rights })
  }

  #stream(
    wanted: SubscribeRequest,
    { isEvents, request, response, rights }: Asking & { readonly isEvents: boolean },
  ): void {
    const wire = isEvents ? new EventWire(response, () => flushed()) : new ResponseWire(response, () => flushed())
    const outbox = this.#outboxOf(wire)
    const participant = new Participant(this.#options.exchange, outbox)
    const client = { participant, outbox, received: 0, isWaiting: false }
    const flushed = () => {
      outbox.flush()
      participant.pump()
    }
    response.on('close', () => {
      this.#streams.delete(response)
      outbox.close()
      participant.leave(Date.now())
      this.#options.left(client)
    })
    const granted = () => {
      const type = isEvents ? 'text/event-stream' : 'application/x-ndjson'
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      response.flushHeaders()
    }
    const refused = (reason: string) => answer(response, 503, { error: reason })
    participant.subscribe(wanted, { rights, now: Date.now(), granted, refused })
    this.#streams.add(response)
    this.#options.joined(nameOf(request), client)
    this.#options.exchange.flush()
  }

  #poll(wanted: SubscribeRequest, { request, response, rights }: Asking): void {
    const { mostPolling } = this.#options
    if (this.#sessions.size >= mostPolling)
      throw new Refused(503, `${mostPolling} clients poll already: try again later`)
    const id = this.#ids()
    const gone = () => {
      this.#sessions.delete(id)
      this.#options.left(session)
    }
    const session: PollSession = new PollSession({
      id,
      outboxOf: wire => this.#outboxOf(wire),
      participantOf: outbox => new Participant(this.#options.exchange, outbox),
      onGone: gone,
    })
    this.#sessions.set(id, session)
    try {
      session.participant.subscribe(wanted, {
        rights,
        now: Date.now(),
        granted() {},
        refused: () => {
          session.leave()
          gone()
        },
      })
    } catch (error) {
      this.#sessions.delete(id)
      session.leave()
      throw error
    }
    this.#options.joined(nameOf(request), session)
    session.ask(response)
    this.#options.exchange.flush()
  }

  #outboxOf(wire: Wire): Outbox {
    return new Outbox(wire, this.#options.output, this.#options.spill)
  }

  #status(response: ServerResponse, rights: Rights): void {
    if (!rights.ps) throw new Refused(403, 'not allowed to ask for ps')
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    const lines = [...this.#options.status()].map(({ ps }) => `${JSON.stringify(ps)}\n`)
    response.end(lines.join(''))
  }
}

/** Somebody who asks. */
interface Asking {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly rights: Rights
}

function nameOf({ socket }: IncomingMessage): string {
  return `http://${socket.remoteAddress}:${socket.remotePort}`
}
