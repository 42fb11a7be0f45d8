// What waits in a subscriber of an engine until it is read.

import type { Batch, Packet } from '../../packet.ts'

/** Where packets wait, in their order. */
export interface Waiting {
  /** The packets of one delivery. */
  push(packets: readonly Packet[]): void
  take(): Batch
  /** Deliveries come over a new connection from now on. */
  restart(): void
}

export class Inbox {
  readonly #waiting: Waiting
  #over = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  constructor(waiting: Waiting) {
    this.#waiting = waiting
  }

  push(packets: readonly Packet[]): void {
    if (this.#over) return
    this.#waiting.push(packets)
    this.#stir()
  }

  /** Nothing more is taken; what waits is still read. */
  end(): void {
    this.#over = true
    this.#stir()
  }

  /** Thrown once everything that waits has been read. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.end()
  }

  async *batches(): AsyncGenerator<Batch> {
    for (;;) {
      const batch = this.#waiting.take()
      if (batch.length > 0) yield batch
      else if (this.#failure) throw this.#failure.error
      else if (this.#over) return
      else {
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
      }
    }
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
