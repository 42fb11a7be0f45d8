// The streams of VRT that are told apart: each has counters and a context, and noise can look like any.

import { wordText } from './header.ts'

/** No receiver has so many: more are noise, or somebody's ill will. */
export const MOST_STREAMS = 4096

export const TOO_MANY = 'too many streams'

/** A set of streams, which callers keep within its bound by asking `refusal` before they add one. */
export class Streams {
  readonly #known = new Set<number | undefined>()

  get size(): number {
    return this.#known.size
  }

  has(stream: number | undefined): boolean {
    return this.#known.has(stream)
  }

  /** Why the stream has no place any more; nothing where it has one, or is known. */
  refusal(stream: number | undefined): string | undefined {
    if (this.#known.size < MOST_STREAMS || this.#known.has(stream)) return undefined
    return `${stream === undefined ? 'no stream' : `stream ${wordText(stream)}`}, expected at most ${MOST_STREAMS} of them`
  }

  add(stream: number | undefined): void {
    this.#known.add(stream)
  }
}
