// A connection to a RabbitMQ by the package amqplib: as much of it as is used, and what its errors mean.

import { CarrierError, errorCode, systemReason } from '../../errors.ts'
import type { EngineContext } from '../engine/engine.ts'
import { libraryOf } from '../engine/library.ts'
import type { Location } from '../engine/location.ts'
import { Unreachable } from '../engine/patience.ts'

export interface AmqpPlace {
  readonly location: Location
  readonly exchange: string
  readonly durable?: string
}

export interface AmqpMessage {
  readonly content: Buffer
  readonly properties: { readonly messageId?: unknown }
  readonly fields: { readonly routingKey: string; readonly redelivered: boolean; readonly deliveryTag: number }
}

/** What a confirm, positive or negative, is about. */
export interface Confirmed {
  readonly deliveryTag: number
  readonly multiple: boolean
}

export interface AmqpChannel {
  on(event: 'ack' | 'nack', listener: (confirmed: Confirmed) => void): void
  on(event: 'return', listener: (message: Pick<AmqpMessage, 'properties'>) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'handler-error', listener: (error: Error) => void): void
  on(event: 'close', listener: () => void): void
  assertExchange(name: string, type: 'topic', options: { readonly durable: boolean }): Promise<unknown>
  checkExchange(name: string): Promise<unknown>
  assertQueue(name: string, options: QueueOptions): Promise<{ readonly queue: string }>
  deleteQueue(name: string): Promise<unknown>
  bindQueue(queue: string, exchange: string, pattern: string): Promise<unknown>
  prefetch(count: number): Promise<unknown>
  publish(exchange: string, key: string, content: Buffer, options: PublishOptions): boolean
  consume(
    queue: string,
    take: (message: AmqpMessage | null) => void,
    options: { readonly noAck: boolean },
  ): Promise<{ readonly consumerTag: string }>
  ack(message: AmqpMessage, allUpTo: boolean): void
  close(): Promise<void>
}

export interface QueueOptions {
  readonly durable: boolean
  readonly exclusive: boolean
  readonly autoDelete: boolean
  readonly arguments?: { readonly 'x-expires': number }
}

export interface PublishOptions {
  readonly persistent: boolean
  readonly mandatory: boolean
  /** Milliseconds, as text. */
  readonly expiration?: string
  readonly contentType: string
  readonly messageId: string
}

export interface AmqpConnection {
  on(event: 'error', listener: (error: Error) => void): void
  on(event: 'blocked', listener: (reason: string) => void): void
  on(event: 'close', listener: (error?: Error) => void): void
  createChannel(): Promise<AmqpChannel>
  createConfirmChannel(): Promise<AmqpChannel>
  close(): Promise<void>
}

interface AmqpLibrary {
  connect(
    url: {
      readonly protocol: 'amqp' | 'amqps'
      readonly hostname: string
      readonly port: number
      readonly username: string
      readonly password: string
      readonly vhost: string
      readonly heartbeat: number
    },
    socket: { readonly noDelay: boolean; readonly timeout: number; readonly ca?: string },
  ): Promise<AmqpConnection>
}

/** RabbitMQ's own account, which may log in from the machine it runs on alone. */
const GUEST = 'guest'
/** CONNECTION_FORCED: the server goes away. */
const FORCED = 320
const HEARTBEAT_S = 30
const CONNECT_MS = 10_000

/** Both told once, and never after `close`. */
interface LinkEvents {
  readonly lost: (reason: string) => void
  readonly refused: (error: Error) => void
}

/** A connection with one channel. Until it is started, errors of the channel are those of what is asked of it. */
export interface AmqpLink {
  readonly channel: AmqpChannel
  start(): void
  /** For what does not pass: nothing more is told, and the connection is closed. */
  refuse(error: Error): void
  lose(reason: string): void
  close(): Promise<void>
}

export async function openAmqp(
  { location, exchange }: AmqpPlace,
  kind: 'createChannel' | 'createConfirmChannel',
  { lost, refused }: LinkEvents,
  { warn }: EngineContext,
): Promise<AmqpLink> {
  const { name } = location
  const connection = await connect(location)
  let over = false
  let started = false
  let failure: Error | undefined
  const end = (tell: () => void) => {
    if (over) return
    over = true
    tell()
    connection.close().catch(ignore)
  }
  connection.on('error', error => {
    failure = error
  })
  connection.on('blocked', reason => warn(`${name}: takes no packets for now (${reason}), waiting`))
  connection.on('close', error => end(() => lost(reasonOf(failure ?? error))))
  try {
    const channel = await connection[kind]()
    const refuse = (error: Error) => end(() => refused(error))
    // The server closes a channel for what will not become right by itself.
    channel.on('error', error => {
      if (started) refuse(new CarrierError(name, reasonOf(error), { cause: error }))
    })
    channel.on('handler-error', refuse)
    if (exchange.startsWith('amq.')) await channel.checkExchange(exchange)
    else await channel.assertExchange(exchange, 'topic', { durable: true })
    return {
      channel,
      start() {
        started = true
      },
      refuse,
      lose: reason => end(() => lost(reason)),
      async close() {
        over = true
        await channel.close().catch(ignore)
        await connection.close().catch(ignore)
      },
    }
  } catch (error) {
    over = true
    await connection.close().catch(ignore)
    throw channelError(name, error)
  }
}

/** What the server has said does not pass; that the channel or the connection has gone may. */
export function channelError(name: string, error: unknown): Error {
  const isAnswer = error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code !== FORCED
  const reason = reasonOf(error)
  return isAnswer ? new CarrierError(name, reason, { cause: error }) : new Unreachable(reason, { cause: error })
}

async function connect({ name, host, port, user = GUEST, password, path, tls }: Location): Promise<AmqpConnection> {
  const { connect } = await libraryOf<AmqpLibrary>(name, 'amqplib')
  try {
    return await connect(
      {
        protocol: tls ? 'amqps' : 'amqp',
        hostname: host,
        port,
        username: user,
        password: password ?? (user === GUEST ? GUEST : ''),
        vhost: encodeURIComponent(path ?? '/'),
        heartbeat: HEARTBEAT_S,
      },
      { noDelay: true, timeout: CONNECT_MS, ...(tls?.ca !== undefined && { ca: tls.ca }) },
    )
  } catch (error) {
    const reason = reasonOf(error)
    // While it starts, it accepts connections and hangs up.
    if (/closed abruptly|ETIMEDOUT/.test(reason)) throw new Unreachable(reason, { cause: error })
    if (errorCode(error)?.startsWith('E')) throw error
    throw new CarrierError(name, reason, { cause: error })
  }
}

/** What amqplib says, without what it says first. */
export function reasonOf(error: unknown): string {
  const reason = error === undefined ? 'the server hung up' : systemReason(error)
  const words = /(?:\d{3} \([A-Z-]+\) with message "|Connection closed: |Channel closed by server: )(.*?)"?$/.exec(
    reason,
  )
  return words?.[1] ?? reason
}

const ignore = () => {}
