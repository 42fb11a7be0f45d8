// Addresses for answers that have to cross a bridge: each address on the other bus has one of the bridge's own on this one.

import { makeIds } from '../../id.ts'
import { REPLY } from '../rights.ts'

/** Most addresses that are known at a time: beyond that, the one that was not used for longest is forgotten. */
const MOST = 10_000

export class Answers {
  readonly #base = `${REPLY}.${makeIds()()}`
  /** By the address on the other bus; the last one used is the last. */
  readonly #own = new Map<string, string>()
  /** The other way round. */
  readonly #other = new Map<string, string>()
  #count = 0

  /** What the bridge subscribes to on this bus, to get the answers. */
  get pattern(): string {
    return `${this.#base}.*`
  }

  /** The address on this bus that stands for one on the other. */
  addressFor(other: string): string {
    const own = this.#own.get(other) ?? `${this.#base}.${this.#count++}`
    this.#own.delete(other)
    this.#own.set(other, own)
    this.#other.set(own, other)
    if (this.#own.size > MOST) this.#forgetOldest()
    return own
  }

  /** The address on the other bus that an address on this one stands for. */
  behind(own: string): string | undefined {
    const other = this.#other.get(own)
    if (other !== undefined) this.addressFor(other)
    return other
  }

  #forgetOldest(): void {
    for (const [other, own] of this.#own) {
      this.#own.delete(other)
      this.#other.delete(own)
      return
    }
  }
}
