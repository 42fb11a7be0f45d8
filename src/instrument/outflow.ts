// Captures on their way to whoever reads them, each packet when its time has come.

import type { Socket } from 'node:net'
import type { Capture, Transmitter } from './simulated-capture.ts'
import type { CaptureEngine, CaptureKind } from './simulated-receiver.ts'

export interface OutflowOptions {
  /** How many times as fast as the clock; Infinity: as fast as packets are taken. */
  readonly speed: number
  readonly explain: (message: string) => void
}

/** Other events get their turn at least this often. */
const TURN_MS = 10

/** Waits while nobody reads, and while a reader is slow; stops when the last reader leaves. */
export class Outflow implements CaptureEngine {
  readonly #options: OutflowOptions
  readonly #sockets = new Set<Socket>()
  #transmitter: Transmitter | undefined
  #capture: Capture | undefined
  #timer: NodeJS.Timeout | undefined
  /** When the next packet is to be sent, by the clock of `performance`. */
  #due = 0
  running: CaptureKind | undefined

  constructor(options: OutflowOptions) {
    this.#options = options
  }

  /** Before the first capture. */
  use(transmitter: Transmitter): void {
    this.#transmitter = transmitter
  }

  start(kind: CaptureKind, id: number): void {
    this.stop()
    const transmitter = this.#transmitter
    if (!transmitter) return
    this.running = kind
    if (kind === 'block') this.#capture = transmitter.block()
    else this.#capture = kind === 'stream' ? transmitter.stream(id) : transmitter.sweep(id)
    this.#begin()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.running = undefined
    this.#capture = undefined
  }

  flush(): void {
    // Nothing is held here: what has been sent is in the hands of the system.
  }

  join(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('drain', () => this.#pump())
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#leave(socket))
    socket.resume()
    if (this.#sockets.size === 1 && this.#capture) this.#begin()
  }

  get sockets(): readonly Socket[] {
    return [...this.#sockets]
  }

  #leave(socket: Socket): void {
    this.#sockets.delete(socket)
    if (this.#sockets.size > 0) this.#pump()
    else if (this.running) {
      this.#options.explain(`the last reader has left: the ${this.running} ends`)
      this.stop()
    }
  }

  #begin(): void {
    this.#due = performance.now()
    this.#pump()
  }

  get #isHeldUp(): boolean {
    for (const socket of this.#sockets) if (socket.writableNeedDrain) return true
    return this.#sockets.size === 0
  }

  #pump(): void {
    clearTimeout(this.#timer)
    const begun = performance.now()
    const speed = this.running === 'block' ? Number.POSITIVE_INFINITY : this.#options.speed
    while (this.#capture && !this.#isHeldUp) {
      const now = performance.now()
      const wait = speed === Number.POSITIVE_INFINITY ? 0 : this.#due - now
      if (wait > 0 || now - begun > TURN_MS) {
        this.#timer = setTimeout(() => this.#pump(), Math.max(0, wait))
        return
      }
      const sent = this.#capture((-wait / 1000) * (wait === 0 ? 1 : speed))
      if (!sent) {
        this.stop()
        return
      }
      for (const socket of this.#sockets) writeAll(socket, sent.bytes)
      this.#due += (sent.seconds * 1000) / speed
      // Only a stream goes on by the clock: what else is late is late.
      if (this.running !== 'stream') this.#due = Math.max(this.#due, now)
    }
  }
}

function writeAll(socket: Socket, chunks: readonly Uint8Array[]): void {
  socket.cork()
  for (const chunk of chunks) socket.write(chunk)
  socket.uncork()
}
