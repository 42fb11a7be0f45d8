// Where the samples of a stream came from: the packets of those that are still to be in a block.

import type { Meta } from '../packet.ts'

/** Where the samples of a block came from. */
export interface Origin {
  /** Of the packet with the first sample, and how many samples that is after its first one. */
  readonly meta: Meta
  readonly offset: number
  /** Of the packet with the last sample, and how many samples the first one of that is after the first one of `meta`. */
  readonly last: Meta
  readonly apart: number
}

/** Where a packet's samples begin, counted from the first one of the stream. */
interface Mark {
  readonly meta: Meta
  readonly at: number
}

export class Origins {
  readonly #marks: Mark[] = []

  /** The next samples, from one on, are those of a packet. */
  add(meta: Meta, at: number): void {
    this.#marks.push({ meta, at })
  }

  /** Of the block from a sample to another. */
  of(first: number, last: number): Origin {
    const [from, to] = [this.#markOf(first), this.#markOf(last)]
    const begun = from?.at ?? 0
    return { meta: from?.meta ?? {}, offset: first - begun, last: to?.meta ?? {}, apart: (to?.at ?? 0) - begun }
  }

  /** The samples before this one are not asked for any more. */
  forget(sample: number): void {
    const marks = this.#marks
    while (marks.length > 1 && (marks[1]?.at ?? Number.POSITIVE_INFINITY) <= sample) marks.shift()
  }

  clear(): void {
    this.#marks.length = 0
  }

  #markOf(sample: number): Mark | undefined {
    const [only] = this.#marks
    return this.#marks.length === 1 ? only : this.#marks.findLast(({ at }) => at <= sample)
  }
}
