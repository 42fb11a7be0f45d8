// A connection to a NATS server by the package @nats-io/transport-node: as much of it as is used, and what its errors mean.
// The package is of a version before 3.4, which wants Node 22.

import { readFileSync } from 'node:fs'
import { CarrierError, errorCode, systemReason } from '../../errors.ts'
import { libraryOf } from '../engine/library.ts'
import type { Location } from '../engine/location.ts'
import { Unreachable } from '../engine/patience.ts'

export interface NatsPlace {
  readonly location: Location
  /** A file with the user's token and key, as `nsc` writes it. */
  readonly credentials?: string
  readonly stream?: string
  /** Pattern of what the stream holds, where it has to be made. */
  readonly topics?: string
  readonly durable?: string
}

export interface NatsHeaders {
  set(name: string, value: string): void
  get(name: string): string
  has(name: string): boolean
  readonly code: number
}

export interface NatsMessage {
  readonly subject: string
  readonly data: Uint8Array
  readonly headers?: NatsHeaders
}

interface NatsStatus {
  readonly type: string
  readonly error?: Error
}

export interface NatsConnection {
  readonly info?: { readonly max_payload: number }
  publish(subject: string, payload?: Uint8Array | string, options?: { reply?: string; headers?: NatsHeaders }): void
  subscribe(
    subject: string,
    options: { readonly queue?: string; readonly callback: (error: Error | null, message: NatsMessage) => void },
  ): unknown
  flush(): Promise<void>
  status(): AsyncIterable<NatsStatus>
  closed(): Promise<Error | undefined>
  close(): Promise<void>
}

interface NatsLibrary {
  connect(options: {
    readonly servers: string
    readonly name: string
    readonly reconnect: boolean
    readonly ignoreClusterUpdates: boolean
    readonly timeout: number
    readonly pingInterval: number
    readonly user?: string
    readonly pass?: string
    readonly authenticator?: unknown
    readonly tls?: { readonly ca?: string }
  }): Promise<NatsConnection>
  credsAuthenticator(credentials: Uint8Array): unknown
  createInbox(): string
  headers(): NatsHeaders
}

export const natsLibrary = ({ location }: NatsPlace) => libraryOf<NatsLibrary>(location.name, '@nats-io/transport-node')

/** What comes back, as a message to where an answer is expected, when nobody has subscribed. */
export const NO_RESPONDERS = 503

const CONNECT_MS = 10_000
/** A server that answers none of two pings is gone. */
const PING_MS = 15_000

/** Both told once, and never after `close`. */
interface LinkEvents {
  readonly lost: (reason: string) => void
  readonly refused: (error: Error) => void
  /** Told once, however it ends. */
  readonly ended?: () => void
}

export interface NatsLink {
  readonly connection: NatsConnection
  /** For what does not pass: nothing more is told, and the connection is closed. */
  refuse(error: Error): void
  lose(reason: string): void
  close(): Promise<void>
}

export async function openNats(place: NatsPlace, { lost, refused, ended }: LinkEvents): Promise<NatsLink> {
  const { name } = place.location
  const connection = await connect(place)
  let over = false
  let said: string | undefined
  const end = (tell?: () => void) => {
    if (over) return
    over = true
    ended?.()
    tell?.()
    void connection.close().catch(ignore)
  }
  const link: NatsLink = {
    connection,
    refuse: error => end(() => refused(error)),
    lose: reason => end(() => lost(reason)),
    async close() {
      end()
      await connection.closed()
    },
  }
  void hear(connection, error => {
    said = error.message
    if (/permissions violation/i.test(error.message))
      link.refuse(new CarrierError(name, error.message, { cause: error }))
  })
  connection.closed().then(
    error => link.lose(said ?? (error ? systemReason(error) : 'the server hung up')),
    (error: unknown) => link.lose(systemReason(error)),
  )
  return link
}

/** Resolves when the server has what was sent, or the connection has broken. To be asked once: each asking is kept until then. */
export async function flushed(connection: NatsConnection): Promise<void> {
  // The client may leave an asking without answer when its connection breaks.
  await Promise.race([connection.flush().catch(ignore), connection.closed()])
}

/** What the server says about what it was sent. */
async function hear(connection: NatsConnection, onError: (error: Error) => void): Promise<void> {
  for await (const { type, error } of connection.status()) if (type === 'error' && error) onError(error)
}

async function connect(place: NatsPlace): Promise<NatsConnection> {
  const { name, host, port, user, password, tls } = place.location
  const library = await natsLibrary(place)
  const credentials = place.credentials === undefined ? undefined : readCredentials(place.credentials)
  try {
    return await library.connect({
      servers: `${host.includes(':') ? `[${host}]` : host}:${port}`,
      name: 'daqutils',
      reconnect: false,
      ignoreClusterUpdates: true,
      timeout: CONNECT_MS,
      pingInterval: PING_MS,
      ...(user !== undefined && { user }),
      ...(password !== undefined && { pass: password }),
      ...(credentials && { authenticator: library.credsAuthenticator(credentials) }),
      ...(tls && { tls }),
    })
  } catch (error) {
    if (isSystemError(error)) throw error
    const reason = systemReason(error)
    if (/timeout|connection closed|disconnected/i.test(reason)) throw new Unreachable(reason, { cause: error })
    throw new CarrierError(name, reason, { cause: error })
  }
}

function isSystemError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/^E[A-Z_]+$/.test(errorCode(cause) ?? '')) return true
  }
  return false
}

function readCredentials(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new CarrierError(file, `cannot read the credentials: ${systemReason(error)}`, { cause: error })
  }
}

const ignore = () => {}
