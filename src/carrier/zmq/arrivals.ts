// Batches from many peers, waiting for one reader: each peer is held up while a batch of its own waits.

import type { Batch } from '../../packet.ts'

/** Where batches come from. */
export interface Supplier {
  /** No more until `resume`. */
  pause(): void
  resume(): void
}

type Result = IteratorResult<Batch, undefined>
const DONE: Result = { done: true, value: undefined }

interface Arrival {
  readonly batch: Batch
  readonly supplier: Supplier
}

/** One reader at a time. `return` may be called while `next` waits; the waiting `next` is then done. */
export class Arrivals implements AsyncIterableIterator<Batch, undefined> {
  readonly #close: () => void
  #waiting: Arrival[] = []
  #ended = false
  #error: Error | undefined
  #reader: { readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void } | undefined

  /** `close` is called once, when nobody reads any more or nothing more comes. */
  constructor(close: () => void) {
    this.#close = close
  }

  /** Batches of a supplier that is paused may still come; they wait, too. */
  push(batch: Batch, supplier: Supplier): void {
    if (this.#ended || batch.length === 0) return
    const reader = this.#reader
    if (reader) {
      this.#reader = undefined
      reader.resolve({ done: false, value: batch })
      return
    }
    this.#waiting.push({ batch, supplier })
    supplier.pause()
  }

  /** What waits is still given, then the end or the error. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#close()
    const reader = this.#reader
    this.#reader = undefined
    if (!reader) return
    if (error) {
      this.#error = undefined
      reader.reject(error)
    } else reader.resolve(DONE)
  }

  next(): Promise<Result> {
    const arrival = this.#waiting.shift()
    if (arrival) {
      const { batch, supplier } = arrival
      if (!this.#waiting.some(other => other.supplier === supplier)) supplier.resume()
      return Promise.resolve({ done: false, value: batch })
    }
    const error = this.#error
    this.#error = undefined
    if (error) return Promise.reject(error)
    if (this.#ended) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
    })
  }

  return(): Promise<Result> {
    this.#waiting = []
    this.end()
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
