// Writes to pipes and sockets without ever blocking the event loop.

import type { Socket } from 'node:net'

/** Bytes that may wait in memory for a slow reader before `write` asks to wait. */
export const WRITE_AHEAD = 1024 * 1024

/** The socket should have been made with `writableHighWaterMark: WRITE_AHEAD`. `explain` turns errors into words. */
export class SocketWriter {
  readonly #socket: Socket
  readonly #explain: (error: Error) => Error
  #error: Error | undefined
  #wake: (() => void) | undefined

  constructor(socket: Socket, explain: (error: Error) => Error) {
    this.#socket = socket
    this.#explain = explain
    socket.on('error', error => this.#settle(error))
    socket.on('drain', () => this.#settle())
    socket.on('close', () => this.#settle(new Error('closed')))
  }

  /** Resolves when more may be written, not when all is gone. */
  write(chunks: readonly Uint8Array[]): void | Promise<void> {
    this.#check()
    const socket = this.#socket
    let room = true
    if (chunks.length > 1) socket.cork()
    for (const chunk of chunks) room = socket.write(chunk)
    if (chunks.length > 1) socket.uncork()
    this.#check()
    if (!room || socket.writableNeedDrain) return this.#wait()
  }

  /** Resolves when everything written has been handed to the system. */
  async flush(): Promise<void> {
    this.#check()
    while (this.#socket.writableLength > 0) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
        this.#socket.write(EMPTY, () => resolve())
      })
      this.#check()
    }
  }

  async #wait(): Promise<void> {
    while (this.#socket.writableNeedDrain && this.#error === undefined) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    this.#check()
  }

  #settle(error?: Error): void {
    if (error && this.#error === undefined) this.#error = error
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #check(): void {
    // The event comes only after whoever writes without waiting has written more.
    const error = this.#error ?? this.#socket.errored
    if (error) throw this.#explain(error)
  }
}

const EMPTY = Buffer.alloc(0)
