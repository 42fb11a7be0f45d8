// Listening for peers, on loopback unless asked for more, and never on top of somebody else's socket.

import { existsSync, lstatSync, unlinkSync } from 'node:fs'
import { connect as connectSocket, createServer, type Server, type ServerOpts, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { CarrierError, errorCode, UsageError } from '../errors.ts'
import { parseCount } from '../units.ts'
import { type Endpoint, flagParam, param } from '../url.ts'
import type { CarrierContext } from './carrier.ts'
import { carrierError } from './failure.ts'
import { type Address, SOCKET_OPTIONS } from './socket.ts'
import { WRITE_AHEAD } from './socket-writer.ts'

const MAX_PEERS = 1024

export const LISTEN_PARAMS = [
  { name: 'listen', summary: 'accept many peers instead of connecting to one' },
  { name: 'max-peers', argument: 'N', summary: `refuse more peers than this at once; default: ${MAX_PEERS}` },
]
export const INSECURE_PARAM = { name: 'insecure', summary: 'with listen: allow an address that is not loopback' }

/** Peers at a time. */
export function mostPeers(endpoint: Endpoint, usual = MAX_PEERS): number {
  return param(endpoint, 'max-peers', parseCount) ?? usual
}

export interface Peer {
  readonly name: string
  readonly socket: Socket
}

export interface Listener {
  /** Where it listens, of addresses that have ports. */
  readonly port: number | undefined
  /** No more peers; those that are there stay. */
  close(): void
}

export interface ListenOptions extends Pick<CarrierContext, 'warn'> {
  /** Peers must prove who they are, and nobody else can read what is said, so that every address may be listened on. */
  readonly secured?: boolean
  /** The parameters that would secure it. */
  readonly securing?: string
  /** Peers at a time, unless the endpoint says otherwise. */
  readonly most?: number
  /** Accepts by TLS instead. */
  readonly secure?: (options: ServerOpts, onSocket: (socket: Socket) => void) => Server
}

/** Tells the real port where the address leaves it to the system (port 0). */
export async function listen(
  endpoint: Endpoint,
  address: Address,
  { warn, secured = false, securing, secure, most: usual }: ListenOptions,
  onPeer: (peer: Peer) => void,
): Promise<Listener> {
  const { options, name } = address
  if (options.host !== undefined && !secured) refuseWide(endpoint, options.host, securing)
  if (options.path !== undefined) await removeStale(name, options.path)
  const most = mostPeers(endpoint, usual)
  let number = 0
  let present = 0
  const accept = (socket: Socket) => {
    const peer = peerName(address, socket, ++number)
    if (present >= most) {
      warn(`${name}: ${peer} refused: ${most} peers are connected`)
      socket.destroy()
      return
    }
    present++
    socket.once('close', () => present--)
    onPeer({ name: peer, socket })
  }
  const serverOptions = { ...SOCKET_OPTIONS, highWaterMark: WRITE_AHEAD }
  const server = secure ? secure(serverOptions, accept) : createServer(serverOptions, accept)
  await opened(server, address)
  const bound = server.address()
  if (options.port === 0 && bound && typeof bound === 'object') {
    warn(`listening on ${endpoint.scheme}://${hostText(bound.address)}:${bound.port}`)
  }
  server.on('error', error => warn(carrierError(name, error).message))
  const port = bound && typeof bound === 'object' ? bound.port : undefined
  return { port, close: () => server.close() }
}

function opened(server: Server, { name, options: { host, port, path } }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      // Node says of a folder that is not there that permission is denied.
      const isNowhere = path !== undefined && !existsSync(dirname(path))
      reject(isNowhere ? new CarrierError(name, 'no such folder', { cause: error }) : carrierError(name, error))
    })
    server.listen(
      { ...(host !== undefined && { host }), ...(port !== undefined && { port }), ...(path !== undefined && { path }) },
      () => {
        server.removeAllListeners('error')
        resolve()
      },
    )
  })
}

function peerName({ name, options }: Address, socket: Socket, number: number): string {
  if (options.path !== undefined) return `${name}#${number}`
  return `tcp://${hostText(socket.remoteAddress ?? '')}:${socket.remotePort}`
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

export function isLoopback(host: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)
}

function refuseWide(endpoint: Endpoint, host: string, securing: string | undefined): void {
  if (isLoopback(host) || flagParam(endpoint, 'insecure')) return
  const secure = securing === undefined ? '' : ` secure it with ${securing},`
  throw new UsageError(
    `${endpoint.text}: anybody who reaches ${host} could connect: listen on 127.0.0.1,${secure} or add insecure to allow it`,
  )
}

/** A socket file that a crash left behind is removed; one that somebody listens on is not. */
async function removeStale(name: string, path: string): Promise<void> {
  const kind = lstatSync(path, { throwIfNoEntry: false })
  if (!kind) return
  if (!kind.isSocket()) throw new CarrierError(name, 'exists and is no socket')
  const code = await new Promise<string | undefined>(resolve => {
    const probe = connectSocket({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve(undefined)
    })
    probe.once('error', error => resolve(errorCode(error)))
  })
  if (code === 'ECONNREFUSED') unlinkSync(path)
  else if (code !== 'ENOENT') throw new CarrierError(name, 'address already in use')
}
