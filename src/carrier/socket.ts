// What TCP and unix sockets share: connecting with patience, and reading a peer's bytes.

import { connect as connectSocket, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net'
import { CarrierError, errorCode, systemReason } from '../errors.ts'
import { Timer } from '../timer.ts'
import { formatDuration, parseDuration } from '../units.ts'
import { type Endpoint, param } from '../url.ts'
import { carrierError } from './failure.ts'
import { Inbox } from './inbox.ts'
import { WRITE_AHEAD } from './socket-writer.ts'

/** Where a socket connects or listens: `name` is the endpoint without its parameters. */
export interface Address {
  readonly name: string
  readonly options: NetConnectOpts & { readonly host?: string; readonly port?: number; readonly path?: string }
  /** Connects by TLS instead. */
  readonly secure?: (options: NetConnectOpts) => Socket
}

export interface Patience {
  /** Milliseconds of trying before the first error of that time is given up with. */
  readonly wait: number
  /** Ends the trying. */
  readonly stop: AbortSignal
  readonly warn: (message: string) => void
  /** Reads into memory of its own choice instead of with the event `data`. */
  readonly onread?: OnReadOpts
}

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 5000
const KEEP_ALIVE_MS = 30_000

/** Errors that pass when the other side comes up; any other is final. */
const PASSING = new Set(
  'ECONNREFUSED ENOENT ECONNRESET ECONNABORTED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH EHOSTDOWN ENETDOWN EAGAIN EAI_AGAIN'.split(
    ' ',
  ),
)

export function isPassing(error: unknown): boolean {
  return PASSING.has(errorCode(error) ?? '')
}

export const WAIT_PARAM = {
  name: 'wait',
  argument: 'DURATION',
  summary: 'give up when there has been no connection for so long; default: never',
}

export function waitOf(endpoint: Endpoint): number {
  return param(endpoint, 'wait', parseDuration) ?? Number.POSITIVE_INFINITY
}

/** Tries again with growing, jittered pauses, and says so once. Gives nothing if stopped before it is connected. */
export async function connect(address: Address, { wait, stop, warn, onread }: Patience): Promise<Socket | undefined> {
  const begun = performance.now()
  for (let attempt = 0; !stop.aborted; attempt++) {
    try {
      return await connectOnce(address, stop, onread)
    } catch (error) {
      if (stop.aborted) return undefined
      if (!isPassing(error)) throw carrierError(address.name, error)
      const reason = systemReason(error)
      const left = begun + wait - performance.now()
      if (left <= 0) {
        throw new CarrierError(address.name, wait > 0 ? `${reason} for ${formatDuration(wait)}` : reason, {
          cause: error,
        })
      }
      if (attempt === 0) warn(`${address.name}: ${reason}, trying again`)
      await pause(Math.min(left, backOff(attempt)), stop)
    }
  }
  return undefined
}

/** Full jitter: many that lost the same peer do not come back at once. */
export function backOff(attempt: number): number {
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
}

/** Ends early when stopped. */
export function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      timer.stop()
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = new Timer(milliseconds, done)
    stop.addEventListener('abort', done)
    if (stop.aborted) done()
  })
}

function connectOnce({ options, secure }: Address, stop: AbortSignal, onread: OnReadOpts | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const all = { ...options, ...SOCKET_OPTIONS, ...(onread && { onread }) }
    const socket = secure ? secure(all) : connectSocket(all)
    const onStop = () => socket.destroy(new Error('stopped'))
    const settle = (act: () => void) => {
      stop.removeEventListener('abort', onStop)
      socket.removeAllListeners()
      act()
    }
    stop.addEventListener('abort', onStop)
    socket.once(secure ? 'secureConnect' : 'connect', () => settle(() => resolve(socket)))
    socket.once('error', error => settle(() => reject(error)))
  })
}

/** Small packets go at once, a vanished peer is noticed, and a large batch may wait in memory. */
export const SOCKET_OPTIONS = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MS,
  writableHighWaterMark: WRITE_AHEAD,
}

export interface Reception {
  readonly bytes: Inbox
  /** Nothing when the peer ended its stream or the reader left, the error when the connection broke. */
  readonly over: Promise<Error | undefined>
}

export interface ReceiveOptions {
  readonly stop: AbortSignal
  /** What the reader is told when the connection breaks; default: the end. */
  readonly broken?: (error: Error) => Error | undefined
  /** When the reader has left or was stopped; default: the connection is cut. */
  readonly leave?: (socket: Socket) => void
}

/** Reads from now on. */
export function receive(socket: Socket, { stop, broken, leave }: ReceiveOptions): Reception {
  const { promise: over, resolve: settle } = withResolvers()
  let ended = false
  const bytes = new Inbox({
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close() {
      stop.removeEventListener('abort', onStop)
      settle(undefined)
      if (!ended && leave) leave(socket)
      else if (!ended) socket.destroy()
    },
  })
  const onStop = () => bytes.end()
  const end = (error?: Error) => {
    ended = true
    settle(error)
    bytes.end(error && broken?.(error))
  }
  socket.on('data', (chunk: Uint8Array) => bytes.push(chunk))
  socket.on('end', () => end())
  socket.on('error', end)
  socket.on('close', () => end(ended ? undefined : new Error('connection closed')))
  stop.addEventListener('abort', onStop)
  if (stop.aborted) onStop()
  return { bytes, over }
}

function withResolvers() {
  let resolve: (error: Error | undefined) => void = () => {}
  const promise = new Promise<Error | undefined>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

/** Ends the stream after all that was written, and waits until the system has it; the peer's words are discarded. */
export function hangUp(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    if (socket.destroyed) return resolve()
    socket.once('close', () => resolve())
    // The peer may keep its side open for as long as it likes.
    socket.end(() => {
      socket.unref()
      resolve()
    })
    socket.resume()
  })
}
