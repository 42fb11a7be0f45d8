// JetStream by the package @nats-io/jetstream: as much of it as is used, and a stream that is there.

import { CarrierError, systemReason } from '../../errors.ts'
import type { EngineContext } from '../engine/engine.ts'
import { libraryOf } from '../engine/library.ts'
import { Unreachable } from '../engine/patience.ts'
import { REPLY } from '../rights.ts'
import type { NatsConnection, NatsHeaders, NatsPlace } from './client.ts'
import { subjectsOf } from './subject.ts'

/** The header by which a stream knows a message that is sent again. */
export const MESSAGE_ID = 'Nats-Msg-Id'

/** Of a message that is kept for those who subscribe later. Any value. */
export const RETAINED = 'Daq-Retain'
/** Epoch milliseconds after which nobody wants a message. */
export const EXPIRES = 'Daq-Expires'

export interface StreamPlace extends NatsPlace {
  readonly stream: string
}

export interface StreamMessage {
  readonly subject: string
  readonly data: Uint8Array
  readonly seq: number
  readonly redelivered: boolean
  readonly headers?: NatsHeaders
  ack(): void
  nak(milliseconds: number): void
  /** Still being worked on: it must not go to somebody else yet. */
  working(): void
}

export interface ConsumerConfig {
  readonly name: string
  readonly durable_name?: string
  readonly description: string
  readonly ack_policy: 'explicit'
  readonly ack_wait: number
  readonly max_ack_pending: number
  readonly inactive_threshold?: number
  readonly deliver_policy: 'new' | 'by_start_sequence' | 'last_per_subject'
  readonly opt_start_seq?: number
  readonly filter_subject?: string
}

export interface JetStreamManager {
  readonly streams: {
    info(stream: string): Promise<{ readonly state: { readonly last_seq: number } }>
    add(config: { readonly name: string; readonly subjects: readonly string[] }): Promise<unknown>
  }
  readonly consumers: {
    info(stream: string, consumer: string): Promise<{ readonly config: { readonly description?: string } }>
    add(stream: string, config: ConsumerConfig): Promise<unknown>
    delete(stream: string, consumer: string): Promise<unknown>
  }
}

export interface Consuming {
  closed(): Promise<Error | undefined>
  close(): Promise<unknown>
}

interface JetStreamLibrary {
  jetstreamManager(connection: NatsConnection): Promise<JetStreamManager>
  jetstream(connection: NatsConnection): {
    readonly consumers: {
      get(
        stream: string,
        consumer: string,
      ): Promise<{
        consume(options: {
          readonly callback: (message: StreamMessage) => void
          readonly max_messages: number
          readonly abort_on_missing_resource: boolean
        }): Promise<Consuming>
      }>
    }
  }
}

export const jetStreamLibrary = ({ location }: NatsPlace) =>
  libraryOf<JetStreamLibrary>(location.name, '@nats-io/jetstream')

/** What JetStream calls it when something is not there. */
const NOT_FOUND = 404

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === NOT_FOUND
}

/** What goes to who asked passes the stream by: nobody else may want it, now or later. */
export function isAnswer(address: string): boolean {
  return address.startsWith(`${REPLY}.`)
}

/** What JetStream has said does not pass; that it could not be asked may. */
export function streamError({ location }: StreamPlace, error: unknown, { comesBack }: EngineContext): Error {
  if (error instanceof CarrierError) return error
  const reason = systemReason(error)
  const isAnswer = error instanceof Error && 'status' in error
  if (isAnswer || !comesBack) return new CarrierError(location.name, reason, { cause: error })
  return new Unreachable(reason, { cause: error })
}

/** Makes the stream where it is not there and may be made. Gives the number of the last message in it. */
export async function ensureStream(
  { stream, topics, location }: StreamPlace,
  { streams }: JetStreamManager,
): Promise<number> {
  try {
    return (await streams.info(stream)).state.last_seq
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (topics === undefined) {
      const remedy = 'make it, or say for which topics it is to be made: ?topics=PATTERN'
      throw new CarrierError(location.name, `there is no stream '${stream}': ${remedy}`, { cause: error })
    }
  }
  try {
    await streams.add({ name: stream, subjects: subjectsOf(topics) })
    return 0
  } catch (error) {
    throw new CarrierError(location.name, `cannot make the stream '${stream}': ${systemReason(error)}`, {
      cause: error,
    })
  }
}
