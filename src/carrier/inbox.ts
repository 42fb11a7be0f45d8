// What has been read and not yet taken: turns the callbacks of a socket into an iterator of bytes.

/** What stands behind an inbox: asked to pause when nobody takes, to go on, and to close when nobody will. */
export interface Feed {
  pause(): void
  resume(): void
  close(): void
  /** Bytes that were taken are done with: more have been asked for. */
  done?(bytes: Uint8Array): void
}

type Result = IteratorResult<Uint8Array, undefined>
const DONE: Result = { done: true, value: undefined }

/** Bytes that may wait before the feed is paused. */
const ENOUGH = 256 * 1024

/** `return` may be called while `next` waits; the waiting `next` is then done. */
export class Inbox implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #feed: Feed
  #chunks: Uint8Array[] = []
  #held = 0
  #paused = false
  #ended = false
  #error: Error | undefined
  #taken: Uint8Array | undefined
  #waiting: { readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void } | undefined

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** False when the feed was paused. */
  push(bytes: Uint8Array): boolean {
    if (this.#ended) return true
    const waiting = this.#waiting
    if (waiting) {
      this.#waiting = undefined
      this.#taken = bytes
      waiting.resolve({ done: false, value: bytes })
      return true
    }
    this.#chunks.push(bytes)
    this.#held += bytes.length
    if (this.#held < ENOUGH) return true
    this.#paused = true
    this.#feed.pause()
    return false
  }

  /** No more will come: what is held is still given, then the end or the error. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#feed.close()
    const waiting = this.#waiting
    this.#waiting = undefined
    if (!waiting) return
    if (error) {
      this.#error = undefined
      waiting.reject(error)
    } else waiting.resolve(DONE)
  }

  next(): Promise<Result> {
    if (this.#taken) this.#feed.done?.(this.#taken)
    const bytes = this.#chunks.shift()
    this.#taken = bytes
    if (bytes) {
      this.#held -= bytes.length
      if (this.#paused && this.#held === 0) {
        this.#paused = false
        if (!this.#ended) this.#feed.resume()
      }
      return Promise.resolve({ done: false, value: bytes })
    }
    const error = this.#error
    this.#error = undefined
    if (error) return Promise.reject(error)
    if (this.#ended) return Promise.resolve(DONE)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  return(): Promise<Result> {
    this.#chunks = []
    this.#held = 0
    this.end()
    return Promise.resolve(DONE)
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
