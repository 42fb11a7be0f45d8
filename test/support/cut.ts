// A TCP connection that can be cut: a port that leads to another one.

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'

export class CutPort {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #port = 0

  private constructor(host: string, port: number) {
    this.#server = createServer(near => {
      const far = connect(port, host)
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
        socket.pipe(other)
      }
    })
  }

  static async open(t: Test, host: string, port: number): Promise<CutPort> {
    const cut = new CutPort(host, port)
    await cut.listen()
    t.teardown(() => {
      cut.break()
      cut.#server.close()
    })
    return cut
  }

  get port(): number {
    return this.#port
  }

  /** Connections now. */
  get connections(): number {
    return this.#sockets.size / 2
  }

  /** Every connection there is ends at once. */
  break(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** New ones are refused, too. */
  async shut(): Promise<void> {
    this.#server.close()
    this.break()
    await once(this.#server, 'close')
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    this.#port = address.port
  }
}
