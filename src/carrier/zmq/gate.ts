// Where peers come from: those that connect to a listening endpoint, or the one that this side connects to, again and again.

import type { Socket } from 'node:net'
import { CarrierError } from '../../errors.ts'
import { type Endpoint, flagParam } from '../../url.ts'
import { Refused } from '../../zmtp/mechanism.ts'
import type { SocketType } from '../../zmtp/message.ts'
import { Session } from '../../zmtp/session.ts'
import type { CarrierContext } from '../carrier.ts'
import { listen } from '../listen.ts'
import { backOff, connect, pause, waitOf } from '../socket.ts'
import { addressOf } from './address.ts'
import { Link, type LinkUser } from './link.ts'
import { heartbeatOf } from './options.ts'
import { Reading } from './reading.ts'
import { checkSecurity, isSecured, mechanismOf, SECURING } from './security.ts'

export interface GateOptions {
  readonly endpoint: Endpoint
  readonly context: Pick<CarrierContext, 'warn'>
  readonly type: SocketType
  /** Bytes of all parts of a message that is received. */
  readonly maxMessage: number
  /** A peer whose handshake is done. */
  readonly joined: (link: Link) => LinkUser
  /** There will be no more peers, because of this. */
  readonly failed: (error: Error) => void
}

export interface Gate {
  /** No more peers; those that have joined stay. */
  close(): void
}

/** Connections without a handshake: the oldest gives way to one more. */
const MOST_UNKNOWN = 256

/** Throws a UsageError for an endpoint that is wrong in itself; no I/O. */
export function checkGate(endpoint: Endpoint): void {
  addressOf(endpoint)
  heartbeatOf(endpoint)
  waitOf(endpoint)
  checkSecurity(endpoint)
}

/** Resolves when it listens; one that connects goes on connecting in the background. */
export async function openGate(options: GateOptions): Promise<Gate> {
  const { endpoint, context, type, maxMessage, joined } = options
  const address = addressOf(endpoint)
  const heartbeat = heartbeatOf(endpoint)
  const mechanism = await mechanismOf(endpoint, context.warn)
  const unknown = new Set<Link>()
  const closing = new AbortController()

  function linkOf({ name, socket, reading, over }: Arrival): void {
    const link = new Link({
      name,
      socket,
      session: new Session({ type, mechanism, maxMessage, place: name }),
      ...(reading && { reading }),
      heartbeat,
      ready(link) {
        unknown.delete(link)
        return closing.signal.aborted ? undefined : joined(link)
      },
      over(link, reason) {
        unknown.delete(link)
        over(link, reason)
      },
    })
    unknown.add(link)
    const [oldest] = unknown
    if (unknown.size > MOST_UNKNOWN) oldest?.fail(new CarrierError(oldest.name, 'too many peers without a handshake'))
  }
  const close = () => {
    closing.abort()
    for (const link of unknown) link.cut()
  }
  if (!flagParam(endpoint, 'listen')) {
    const dial = { address, wait: waitOf(endpoint), stop: closing.signal, warn: context.warn, linkOf }
    keepConnected(dial).catch(options.failed)
    return { close }
  }
  const secured = isSecured(endpoint)
  const listener = await listen(
    endpoint,
    address,
    { warn: context.warn, secured, securing: SECURING },
    ({ name, socket }) => {
      linkOf({ name, socket, over: (link, reason) => tell(link, reason, context.warn) })
    },
  )
  return {
    close() {
      listener.close()
      close()
    },
  }
}

interface Arrival {
  readonly name: string
  readonly socket: Socket
  readonly reading?: Reading
  readonly over: (link: Link, reason: Error | undefined) => void
}

/** A peer that comes and goes is no news; one that breaks the rules, or never said who it is, is. */
function tell(link: Link, reason: Error | undefined, warn: (message: string) => void): void {
  if (reason && (reason instanceof Refused || !link.isReady)) warn(reasonOf(link, reason))
}

/** libzmq goes without a word where the keys are not those that it expects. */
function reasonOf(link: Link, reason: Error): string {
  if (link.isReady || reason instanceof Refused) return reason.message
  const why = link.mechanism === 'CURVE' ? ', perhaps because it has other keys or none' : ''
  return `${reason.message} before its handshake was done${why}`
}

interface Dial {
  readonly address: ReturnType<typeof addressOf>
  readonly wait: number
  readonly stop: AbortSignal
  readonly warn: (message: string) => void
  readonly linkOf: (arrival: Arrival) => void
}

/** A connection that lasted so long was one: the next is tried at once, and its end is news. */
const LASTING_MS = 1000

/** A peer that ends connections as soon as they are made is tried ever more slowly; why is told when it changes. */
async function keepConnected({ address, wait, stop, warn, linkOf }: Dial): Promise<void> {
  let told: string | undefined
  for (let attempt = 0; !stop.aborted; attempt++) {
    const reading = new Reading()
    const socket = await connect(address, { wait, stop, warn, onread: reading.onread })
    if (!socket) return
    const begun = performance.now()
    await new Promise<void>(resolve => {
      linkOf({
        name: address.name,
        socket,
        reading,
        over(link, reason) {
          if (link.isReady && performance.now() - begun >= LASTING_MS) {
            attempt = 0
            told = undefined
          }
          const words = reason && reasonOf(link, reason)
          if (words !== undefined && words !== told && !stop.aborted) warn(`${words}, connecting again`)
          told = words
          resolve()
        },
      })
    })
    await pause(backOff(attempt), stop)
  }
}
