// One connection to an HTTP server, made again when it breaks: requests one after the other.

import {
  Agent,
  type ClientRequestArgs,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as send,
} from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { CarrierError } from '../../errors.ts'
import type { CarrierContext } from '../carrier.ts'
import { carrierError } from '../failure.ts'
import { backOff, connect, isPassing, pause } from '../socket.ts'
import { POLL_MS } from './seat.ts'
import type { HttpAddress } from './server.ts'

export interface LinkOptions extends Pick<CarrierContext, 'stop' | 'warn'> {
  /** Milliseconds until a connection is given up. */
  readonly wait: number
  /** A connection that breaks is made again. */
  readonly again: boolean
  /** A stop ends the trying to connect, but nothing that can still be said. */
  readonly drains?: boolean
}

export interface Asking {
  readonly method: 'GET' | 'POST'
  /** Of the address, and these. */
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly headers?: OutgoingHttpHeaders
  readonly body?: readonly Uint8Array[]
}

/** A server that has not begun to answer by then is not there any more. */
const SILENCE_MS = POLL_MS + 15_000

/** Uses the connection that it is given, as long as that lives. */
class OneConnection extends Agent {
  socket: Socket | undefined

  override createConnection(
    _options: ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Socket | undefined {
    const { socket } = this
    if (socket && !socket.destroyed) return socket
    // Who asked while it broke asks again.
    if (socket) callback?.(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' }), socket)
    return undefined
  }
}

export class Link {
  readonly name: string
  readonly #address: HttpAddress
  readonly #options: LinkOptions
  readonly #closing = new AbortController()
  readonly #stop: AbortSignal
  readonly #agent = new OneConnection({ keepAlive: true, maxSockets: 1 })
  #failures = 0

  constructor(address: HttpAddress, options: LinkOptions) {
    this.name = address.name
    this.#address = address
    this.#options = options
    this.#stop = AbortSignal.any([options.stop, this.#closing.signal])
  }

  /** The answer, whatever its status; asks again while the connection breaks. Nothing when stopped. */
  async ask(request: Asking): Promise<IncomingMessage | undefined> {
    for (;;) {
      const socket = await this.#connection()
      if (!socket) return undefined
      try {
        const answer = await this.#send(request)
        this.#failures = 0
        return answer
      } catch (error) {
        socket.destroy()
        await this.broken(error)
      }
    }
  }

  /** The connection broke while an answer was read: says so, and lets some time pass. */
  async broken(error: unknown): Promise<void> {
    const { again, warn } = this.#options
    this.#agent.socket?.destroy()
    if (this.#stop.aborted) return
    const failure = carrierError(this.name, error)
    if (!again || !(isPassing(error) || error instanceof Silent)) throw failure
    if (this.#failures === 0) warn(`${failure.message}, connecting again`)
    await pause(backOff(this.#failures++), this.#stop)
  }

  /** Reads what nobody wants to know, so that the connection is free. */
  async finish(answer: IncomingMessage): Promise<void> {
    try {
      for await (const _ of answer);
    } catch {
      this.#agent.socket?.destroy()
    }
  }

  close(): void {
    this.#closing.abort()
    this.#agent.socket?.destroy()
    this.#agent.destroy()
  }

  async #connection(): Promise<Socket | undefined> {
    const { socket } = this.#agent
    const mayAsk = !this.#stop.aborted || (this.#options.drains && !this.#closing.signal.aborted)
    if (mayAsk && socket && !socket.destroyed && socket.writable) return socket
    this.#agent.socket = await connect(this.#address, { ...this.#options, stop: this.#stop })
    return this.#agent.socket
  }

  #send({ method, query = {}, headers = {}, body = [] }: Asking): Promise<IncomingMessage> {
    const stop = this.#options.drains ? this.#closing.signal : this.#stop
    const {
      options: { host, port },
      path,
    } = this.#address
    const words = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    return new Promise((resolve, reject) => {
      const asked = send({
        agent: this.#agent,
        method,
        ...(host !== undefined && { host }),
        ...(port !== undefined && { port }),
        path: words.length > 0 ? `${path}?${words.join('&')}` : path,
        headers: { ...headers, ...(method === 'POST' && { 'content-length': lengthOf(body) }) },
      })
      const onStop = () => asked.destroy()
      stop.addEventListener('abort', onStop)
      // Who takes what is posted may take its time.
      if (method === 'GET') asked.setTimeout(SILENCE_MS, () => asked.destroy(new Silent('has not answered')))
      asked.once('close', () => stop.removeEventListener('abort', onStop))
      asked.once('response', resolve)
      asked.once('error', reject)
      for (const chunk of body) asked.write(chunk)
      asked.end()
    })
  }
}

class Silent extends Error {}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0)
}

/** The words of an answer that is no success, as an error. */
export async function refusal(name: string, answer: IncomingMessage): Promise<CarrierError> {
  let text = ''
  answer.setEncoding('utf8')
  for await (const chunk of answer) if (text.length < 1000) text += chunk
  const said = /"error":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  return new CarrierError(name, `the server says ${answer.statusCode}${said ? `: ${said}` : ''}`)
}
