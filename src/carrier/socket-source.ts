// Sockets as input: one connection after another, or every peer that comes.

import type { Socket } from 'node:net'
import { CarrierError, errorCode, systemReason } from '../errors.ts'
import { type Endpoint, flagParam } from '../url.ts'
import type { CarrierContext, Channel } from './carrier.ts'
import { listen, type Peer } from './listen.ts'
import { type Address, connect, type ReceiveOptions, receive, waitOf } from './socket.ts'

/** A connection that is being read, and how it ended. */
export interface Incoming {
  readonly name: string
  readonly socket: Socket
  readonly bytes: AsyncIterable<Uint8Array>
  /** Tells whether the peer's stream has ended, or may go on over another connection. */
  readonly judge: (ended: boolean) => void
}

export interface IncomingOptions extends Pick<ReceiveOptions, 'leave'> {
  /** The reader will call `judge`; default: a stream has ended unless its connection broke. */
  readonly judged?: boolean
}

export async function* socketChannels(
  endpoint: Endpoint,
  address: Address,
  context: CarrierContext,
): AsyncGenerator<Channel> {
  for await (const { name, socket, bytes } of incoming(endpoint, address, context)) {
    yield { name, bytes, reply: reply => socket.write(reply) }
  }
}

export function incoming(
  endpoint: Endpoint,
  address: Address,
  context: CarrierContext,
  options: IncomingOptions = {},
): AsyncGenerator<Incoming> {
  return flagParam(endpoint, 'listen')
    ? accepted(endpoint, address, context, options)
    : connected(endpoint, address, context, options)
}

/** The peer's end is the end; a connection that breaks is made again, unless `reconnect=no`. */
async function* connected(
  endpoint: Endpoint,
  address: Address,
  { stop, warn }: CarrierContext,
  options: IncomingOptions,
): AsyncGenerator<Incoming> {
  const wait = waitOf(endpoint)
  const again = reconnects(endpoint)
  for (;;) {
    const socket = await connect(address, { wait, stop, warn })
    if (!socket) return
    const broken = (error: Error) =>
      again ? undefined : new CarrierError(address.name, systemReason(error), { cause: error })
    const { connection, outcome } = received({ name: address.name, socket }, { stop, broken, ...options })
    yield connection
    const { ended, reason } = await outcome
    if (ended || !again || stop.aborted) return
    warn(`${address.name}: ${reason}, connecting again`)
  }
}

/** `reconnect=no`, and its absence. */
export function reconnects(endpoint: Endpoint): boolean {
  return !endpoint.params.has('reconnect') || flagParam(endpoint, 'reconnect')
}

/** Ends when stopped, or with `once` when the first peer has left. */
async function* accepted(
  endpoint: Endpoint,
  address: Address,
  { stop, warn }: CarrierContext,
  options: IncomingOptions,
): AsyncGenerator<Incoming> {
  const once = flagParam(endpoint, 'once')
  const waiting: Incoming[] = []
  let over = stop.aborted
  let wake = () => {}
  const end = () => {
    over = true
    wake()
  }
  stop.addEventListener('abort', end)
  const listener = await listen(endpoint, address, { warn }, peer => {
    const { connection, outcome } = received(peer, { stop, ...options })
    waiting.push(connection)
    wake()
    outcome.then(({ ended, reason }) => {
      if (!ended && !stop.aborted) warn(`${peer.name}: ${reason}`)
      if (once && (ended || !options.judged)) end()
    })
  })
  try {
    for (;;) {
      const next = waiting.shift()
      if (next) yield next
      else if (over) return
      else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    stop.removeEventListener('abort', end)
    listener.close()
  }
}

interface Outcome {
  readonly ended: boolean
  /** Why not. */
  readonly reason: string
}

function received(
  { name, socket }: Peer,
  { judged = false, ...options }: IncomingOptions & ReceiveOptions,
): { readonly connection: Incoming; readonly outcome: Promise<Outcome> } {
  const { bytes, over } = receive(socket, options)
  let judge: (ended: boolean) => void = () => {}
  const verdict = new Promise<boolean>(resolve => {
    judge = resolve
  })
  const outcome = (async () => {
    const error = await over
    // To the system whoever is not there to take an acknowledgement is a reader.
    const reason = error && errorCode(error) !== 'EPIPE' ? systemReason(error) : 'the sender went away'
    return { ended: judged ? await verdict : error === undefined, reason }
  })()
  return { connection: { name, socket, bytes, judge }, outcome }
}
