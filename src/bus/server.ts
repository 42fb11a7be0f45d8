// The embedded broker: clients that connect by TCP or unix sockets.

import type { Server as NetServer, Socket } from 'node:net'
import { type Peer as Connection, type Listener, listen } from '../carrier/listen.ts'
import { tlsSecrets } from '../carrier/tls.ts'
import type { CarrierError } from '../errors.ts'
import type { JsonObject } from '../packet.ts'
import type { Ledger } from '../stream/ledger.ts'
import { parseCount } from '../units.ts'
import { type Endpoint, param, parseEndpoint } from '../url.ts'
import type { ClientState } from './client-state.ts'
import { Archive, type ArchiveOptions } from './durable/archive.ts'
import { Exchange } from './exchange.ts'
import { HttpDoor } from './http-door.ts'
import { listenerOf, MOST_POLLING } from './listener.ts'
import { Peer } from './peer.ts'
import type { PeerSurroundings } from './peer-options.ts'
import { ALL_RIGHTS, type Rights } from './rights.ts'
import { SocketWire } from './socket-wire.ts'
import type { SpillBounds } from './spill.ts'
import { statusOf } from './status.ts'
import type { Tokens } from './tokens.ts'

export interface ServerOptions {
  /** Endpoints: `tcp://HOST:PORT`, `tls://HOST:PORT?cert=FILE&key=FILE`, `unix:PATH`. */
  readonly listen: readonly string[]
  readonly ledger: Ledger
  readonly warn: (message: string) => void
  /** Bytes of the longest packet. */
  readonly maxPacket: number
  /** Who may do what; without it everybody may do anything. */
  readonly tokens?: Tokens | undefined
  /** Where packets of subscribers wait that have asked for it. */
  readonly spill?: SpillBounds
  /** How packets are kept; nothing: they are not. */
  readonly journal?: ArchiveOptions | undefined
  /** Called when they can be kept no longer. */
  readonly onFailure?: (error: CarrierError) => void
}

/** What is over is forgotten so often. */
const TIDY_MS = 1000
/** A client that has not shown a token by then is hung up on. */
const UNKNOWN_MS = 10_000

export class Server {
  readonly exchange = new Exchange()
  /** For clients that come from now on. */
  tokens: Tokens | undefined
  readonly #options: ServerOptions
  #surroundings: PeerSurroundings
  readonly #listeners: Listener[] = []
  readonly #clients = new Map<Socket, { readonly name: string; readonly peer: Peer }>()
  readonly #doors: HttpDoor[] = []
  /** Clients by HTTP. */
  readonly #others = new Map<ClientState, string>()
  readonly #since = Date.now()
  #tidying: NodeJS.Timeout | undefined
  #archive: Archive | undefined

  constructor(options: ServerOptions) {
    this.#options = options
    const { ledger, maxPacket } = options
    this.tokens = options.tokens
    this.#surroundings = {
      exchange: this.exchange,
      input: ledger.stage('input'),
      output: ledger.stage('output'),
      maxPacket,
      spill: options.spill,
      rightsOf: token => this.#rightsOf(token),
      status: () => this.#status(),
    }
  }

  /** Listens on every endpoint, or on none. */
  async open(): Promise<void> {
    const { listen: endpoints, warn } = this.#options
    try {
      await this.#openJournal()
      for (const endpoint of endpoints.map(parseEndpoint)) {
        const http = () => this.#httpServer(endpoint)
        const door = listenerOf(endpoint, { hasTokens: this.tokens !== undefined, warn, http })
        this.#listeners.push(await listen(endpoint, door.address, { warn, ...door.options }, peer => this.#join(peer)))
      }
    } catch (error) {
      await this.close()
      throw error
    }
    this.#tidying = setInterval(() => this.exchange.tidy(Date.now()), TIDY_MS).unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#tidying)
    for (const listener of this.#listeners) listener.close()
    // Whoever has published is told that it is kept.
    await this.#archive?.flushed()
    for (const door of this.#doors) door.close()
    this.exchange.flush()
    await Promise.all([...this.#clients].map(([socket, { peer }]) => leave(socket, peer)))
    await this.#archive?.close()
    this.#archive = undefined
  }

  async #openJournal(): Promise<void> {
    const { journal, warn, onFailure = () => {} } = this.#options
    if (!journal) return
    const { exchange } = this
    this.#archive = await Archive.open(journal, { retained: exchange.retained, warn, onFailure })
    exchange.past = this.#archive
    this.#surroundings = { ...this.#surroundings, keeper: this.#archive.keeper, archive: this.#archive }
  }

  #join({ name, socket }: Connection): void {
    const wire = new SocketWire(socket, () => peer.flushed())
    const onFault = (reason: string) => this.#options.warn(`${name}: ${reason}: hung up`)
    const peer: Peer = new Peer({ ...this.#surroundings, wire, onFault })
    this.#clients.set(socket, { name, peer })
    const unknown = peer.isKnown ? undefined : setTimeout(() => giveUp(peer), UNKNOWN_MS)
    socket.on('data', (bytes: Buffer) => peer.push(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(unknown)
      this.#clients.delete(socket)
      peer.close()
    })
  }

  #httpServer(endpoint: Endpoint): NetServer {
    const list = (name: string) => endpoint.params.get(name)?.split(',') ?? []
    const door = new HttpDoor({
      ...this.#surroundings,
      secrets: endpoint.scheme === 'https' ? tlsSecrets(endpoint, this.#options.warn) : undefined,
      hosts: list('host'),
      origins: list('origin'),
      mostPolling: param(endpoint, 'max-peers', parseCount) ?? MOST_POLLING,
      joined: (name, client) => this.#others.set(client, name),
      left: client => this.#others.delete(client),
    })
    this.#doors.push(door)
    return door.server
  }

  #rightsOf(token: string | undefined): Rights | undefined {
    if (!this.tokens) return ALL_RIGHTS
    return token === undefined ? undefined : this.tokens.rightsOf(token)
  }

  #status(): Iterable<JsonObject> {
    const peers = [
      ...[...this.#clients.values()].map(({ name, peer }) => [name, peer] as const),
      ...[...this.#others].map(([client, name]) => [name, client] as const),
    ]
    const { ledger } = this.#options
    const archive = this.#archive
    return statusOf({ exchange: this.exchange, ledger, peers, clients: peers.length, since: this.#since, archive })
  }
}

function giveUp(peer: Peer): void {
  if (!peer.isKnown) peer.hangUp('no token within 10 s')
}

/** Gives what was written a moment to go out. */
function leave(socket: Socket, peer: Peer): Promise<void> {
  return new Promise(resolve => {
    if (socket.destroyed) return resolve()
    socket.once('close', () => resolve())
    peer.leave()
  })
}
