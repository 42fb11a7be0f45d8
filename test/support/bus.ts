// A broker for tests: served on a socket in a folder of its own, with the lines that raw clients see.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { BusContext } from '../../src/bus/bus.ts'
import { Server, type ServerOptions } from '../../src/bus/server.ts'
import type { JsonObject } from '../../src/packet.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { socketPath } from './carrier.ts'

export interface Served {
  readonly url: string
  readonly path: string
  readonly server: Server
  readonly ledger: Ledger
  readonly warnings: string[]
}

export async function serve(t: Test, options: Partial<ServerOptions> = {}): Promise<Served> {
  const path = socketPath(t)
  const ledger = new Ledger()
  const warnings: string[] = []
  const listen = [`unix:${path}`]
  const server = new Server({ listen, ledger, warn: text => warnings.push(text), maxPacket: 1e6, ...options })
  await server.open()
  t.teardown(() => server.close())
  return { url: listen[0] ?? '', path, server, ledger, warnings }
}

/** A client that says and hears lines. */
export class RawClient {
  readonly socket: Socket
  #text = ''
  #ended = false
  #wake = () => {}

  constructor(t: Test, path: string) {
    this.socket = connect(path)
    this.socket.setEncoding('utf8')
    this.socket.on('data', (text: string) => {
      this.#text += text
      this.#wake()
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.#ended = true
      this.#wake()
    })
    t.teardown(() => this.socket.destroy())
  }

  say(...objects: readonly (JsonObject | string)[]): void {
    this.socket.write(
      objects
        .map(item => (typeof item === 'string' ? item : JSON.stringify(item)))
        .join('\n')
        .concat('\n'),
    )
  }

  /** The next line; rejects when the connection ends before there is one. */
  async hear(): Promise<JsonObject> {
    while (!this.#text.includes('\n')) {
      if (this.#ended) throw new Error('hung up')
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    const end = this.#text.indexOf('\n')
    const line = this.#text.slice(0, end)
    this.#text = this.#text.slice(end + 1)
    return JSON.parse(line)
  }

  async subscribe(pattern: string | readonly string[], more: JsonObject = {}): Promise<void> {
    this.say({ broker: { do: 'subscribe', pattern: typeof pattern === 'string' ? pattern : [...pattern], ...more } })
    await this.hear()
  }

  /** Everything said so far has been acted on: gives what came before the answer. */
  async settled(): Promise<JsonObject[]> {
    const id = String(Math.random())
    this.say({ broker: { do: 'ping', id } })
    const heard: JsonObject[] = []
    for (;;) {
      const line = await this.hear()
      const words = line['broker']
      if (words !== null && typeof words === 'object' && 'pong' in words && words['pong'] === id) return heard
      heard.push(line)
    }
  }

  async hungUp(): Promise<void> {
    if (!this.#ended) await once(this.socket, 'close')
  }
}

export function busContext(): {
  context: BusContext
  stop: AbortController
  ledger: Ledger
  warnings: string[]
  rejects: Reject[]
} {
  const stop = new AbortController()
  const ledger = new Ledger()
  const warnings: string[] = []
  const rejects: Reject[] = []
  const reject = (rejected: Reject) => {
    rejects.push(rejected)
    ledger.stage('input').reject(rejected.reason)
  }
  return {
    context: { stop: stop.signal, ledger, warn: text => warnings.push(text), reject },
    stop,
    ledger,
    warnings,
    rejects,
  }
}
