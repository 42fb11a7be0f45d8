// One connection of an acknowledging sender: what went over it, and what came back.

import type { Socket } from 'node:net'
import { systemReason } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Encoder } from '../stream/step.ts'
import { ackedOf, ControlLines, type Hello, helloLine } from './ack.ts'

/** A receiver that has not answered the hello by then does not know what is asked of it. */
export const ANSWER_MS = 5000

export interface LinkEvents {
  /** So many more packets, the oldest ones, need not be sent again. */
  readonly acknowledged: (packets: number) => void
  /** Told once, whoever ended the connection. */
  readonly broken: (reason: string) => void
  readonly silent: () => void
  readonly writable: () => void
}

export class AckLink {
  readonly socket: Socket
  readonly #events: LinkEvents
  readonly #lines = new ControlLines()
  readonly #silence: NodeJS.Timeout
  #sent = 0
  #acked = 0

  constructor(socket: Socket, events: LinkEvents) {
    this.socket = socket
    this.#events = events
    this.#silence = setTimeout(events.silent, ANSWER_MS)
    let reason = 'the receiver went away'
    socket.on('data', (bytes: Uint8Array) => this.#hear(bytes))
    socket.on('drain', events.writable)
    socket.on('error', error => {
      reason = systemReason(error)
    })
    socket.once('close', () => {
      clearTimeout(this.#silence)
      events.broken(reason)
    })
  }

  greet(hello: Hello): void {
    this.socket.write(helloLine(hello))
  }

  get isFull(): boolean {
    return this.socket.writableNeedDrain
  }

  /** What the receiver does not take waits in memory; it is never more than the sender keeps anyway. Gives the bytes. */
  send(packets: Batch, encoder: Encoder | undefined): number {
    let bytes = 0
    this.#sent += packets.length
    this.socket.cork()
    for (const chunk of encoder?.push(packets) ?? []) {
      bytes += chunk.length
      this.socket.write(chunk)
    }
    this.socket.uncork()
    return bytes
  }

  #hear(bytes: Uint8Array): void {
    clearTimeout(this.#silence)
    this.#lines.push(bytes)
    const before = this.#acked
    for (let line = this.#lines.take(); line !== undefined; line = this.#lines.take()) {
      const total = ackedOf(line)
      if (total === undefined || total < this.#acked || total > this.#sent) {
        this.socket.destroy(new Error(`expected an acknowledgement, got '${line.slice(0, 80)}'`))
        break
      }
      this.#acked = total
    }
    if (this.#lines.isTooLong) this.socket.destroy(new Error('expected an acknowledgement'))
    if (this.#acked > before) this.#events.acknowledged(this.#acked - before)
  }
}
