// A client's connection over a socket.

import type { Socket } from 'node:net'
import type { PeerWire } from './peer-options.ts'

/** A client that does not take its last words for so long is cut off. */
const LAST_WORDS_MS = 1000

export class SocketWire implements PeerWire {
  readonly #socket: Socket
  readonly #onFlushed: () => void

  /** `onFlushed`: the system has taken all that was written. */
  constructor(socket: Socket, onFlushed: () => void) {
    this.#socket = socket
    this.#onFlushed = () => {
      if (socket.writableLength === 0) onFlushed()
    }
  }

  get waiting(): number {
    return this.#socket.writableLength
  }

  write(chunks: readonly Uint8Array[]): void {
    const socket = this.#socket
    if (!socket.writable) return
    const last = chunks.length - 1
    if (last > 0) socket.cork()
    for (let index = 0; index < last; index++) socket.write(chunks[index] ?? NOTHING)
    socket.write(chunks[last] ?? NOTHING, this.#onFlushed)
    if (last > 0) socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    const socket = this.#socket
    const timer = setTimeout(() => socket.destroy(), LAST_WORDS_MS)
    socket.once('close', () => clearTimeout(timer))
    socket.end()
    // Unread bytes would make the system reset the connection before the last words have arrived.
    socket.resume()
  }
}

const NOTHING = new Uint8Array(0)
