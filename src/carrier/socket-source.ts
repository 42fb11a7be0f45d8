// Sockets as input: one connection after another, or every peer that comes.

import type { Socket } from 'node:net'
import { CarrierError, systemReason } from '../errors.ts'
import { type Endpoint, flagParam } from '../url.ts'
import type { CarrierContext, Channel } from './carrier.ts'
import { listen } from './listen.ts'
import { type Address, connect, type ReceiveOptions, receive, waitOf } from './socket.ts'

/** A connection that is being read, and how it ended. */
export interface Incoming {
  readonly name: string
  readonly socket: Socket
  readonly bytes: AsyncIterable<Uint8Array>
  readonly over: Promise<Error | undefined>
}

export interface IncomingOptions extends Pick<ReceiveOptions, 'leave'> {
  /** A peer whose connection broke will come again: it has not left. */
  readonly returns?: boolean
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
    const { bytes, over } = receive(socket, { stop, broken, ...options })
    yield { name: address.name, socket, bytes, over }
    const error = await over
    if (!error || !again || stop.aborted) return
    warn(`${address.name}: ${systemReason(error)}, connecting again`)
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
  const listener = await listen(endpoint, address, { warn }, ({ name, socket }) => {
    const reception = receive(socket, { stop, ...options })
    waiting.push({ name, socket, ...reception })
    wake()
    reception.over.then(error => {
      if (error) warn(`${name}: ${systemReason(error)}`)
      if (once && !(error && options.returns)) end()
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
