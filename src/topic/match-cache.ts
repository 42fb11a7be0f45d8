// What addresses were found to match, for as long as it is true.

import { covers, wordsOf } from './address.ts'

interface Found<Target> {
  readonly address: string
  readonly targets: readonly Target[]
  /** How many patterns had changed when this was known to be true. */
  version: number
}

/** Found before more changed patterns than these, an address is looked up again: that costs no more than comparing them. */
const REMEMBERED = 8

/** Places in one set: an address is kept in one of so many, or not at all. */
const WAYS = 4

const SETS = 2 ** 15

/** One in eight addresses that there is no room for is kept, of 2^32. */
const ADMITTED = 2 ** 29

/**
 * Bounded by its places, with four that an address may be kept in. One that is asked for again moves forward; where there is
 * no room, one new address in eight pushes out another from behind. So a flood of addresses that come once costs little and
 * takes little from those that come often. A changed pattern empties nothing: each address is compared with it when it is
 * next asked for.
 */
export class MatchCache<Target> {
  readonly #find: (address: string) => readonly Target[]
  readonly #mask: number
  /** Of the addresses at their places: most that are not kept are told by them alone. */
  readonly #hashes: Int32Array
  readonly #found: (Found<Target> | undefined)[]
  readonly #changed: (readonly string[])[] = []
  #version = 0
  /** Numerical Recipes' generator: chance without a clock or a seed, the same in each run. */
  #chance = 0

  /** `find` is asked for what is not known; `sets` is a power of two. */
  constructor(find: (address: string) => readonly Target[], sets = SETS) {
    this.#find = find
    this.#mask = sets - 1
    this.#hashes = new Int32Array(sets * WAYS)
    this.#found = new Array<Found<Target> | undefined>(sets * WAYS).fill(undefined)
  }

  get(address: string): readonly Target[] {
    const hash = hashOf(address)
    const start = (hash & this.#mask) * WAYS
    const place = this.#placeOf(address, hash, start)
    if (place < 0) {
      const targets = this.#find(address)
      this.#insert(address, targets, hash, start)
      return targets
    }
    const found = this.#found[place]
    if (place > start) this.#advance(place)
    if (found && (found.version === this.#version || this.#isStillTrue(found))) return found.targets
    const targets = this.#find(address)
    this.#found[Math.max(start, place - 1)] = { address, targets, version: this.#version }
    return targets
  }

  forget(address: string): void {
    const hash = hashOf(address)
    const place = this.#placeOf(address, hash, (hash & this.#mask) * WAYS)
    if (place >= 0) this.#found[place] = undefined
  }

  clear(): void {
    this.#found.fill(undefined)
  }

  /** A pattern with wildcards has got or lost a target. */
  change(pattern: readonly string[]): void {
    this.#changed[this.#version % REMEMBERED] = pattern
    this.#version++
  }

  #placeOf(address: string, hash: number, start: number): number {
    for (let place = start; place < start + WAYS; place++) {
      if (this.#hashes[place] === hash && this.#found[place]?.address === address) return place
    }
    return -1
  }

  /** Changes places with the one before. */
  #advance(place: number): void {
    const hash = this.#hashes[place] ?? 0
    const found = this.#found[place]
    this.#hashes[place] = this.#hashes[place - 1] ?? 0
    this.#found[place] = this.#found[place - 1]
    this.#hashes[place - 1] = hash
    this.#found[place - 1] = found
  }

  /** Where there is room, or else now and then behind the first, pushing out the last. */
  #insert(address: string, targets: readonly Target[], hash: number, start: number): void {
    let place = start
    const last = start + WAYS - 1
    while (place < last && this.#found[place]) place++
    if (this.#found[place]) {
      this.#chance = (Math.imul(this.#chance, 1664525) + 1013904223) | 0
      if (this.#chance >>> 0 >= ADMITTED) return
      for (; place > start + 1; place--) {
        this.#hashes[place] = this.#hashes[place - 1] ?? 0
        this.#found[place] = this.#found[place - 1]
      }
    }
    this.#hashes[place] = hash
    this.#found[place] = { address, targets, version: this.#version }
  }

  #isStillTrue(found: Found<Target>): boolean {
    if (this.#version - found.version > REMEMBERED) return false
    const words = wordsOf(found.address)
    for (let version = found.version; version < this.#version; version++) {
      const pattern = this.#changed[version % REMEMBERED]
      if (!pattern || covers(pattern, words)) return false
    }
    found.version = this.#version
    return true
  }
}

/** Two UTF-16 code units a multiplication; the last shift brings what the high bits know to the low ones. */
function hashOf(address: string): number {
  let hash = address.length
  const pairs = address.length & ~1
  for (let index = 0; index < pairs; index += 2) {
    hash = Math.imul(hash ^ (address.charCodeAt(index) | (address.charCodeAt(index + 1) << 16)), 0x5bd1e995)
    hash ^= hash >>> 15
  }
  if (pairs < address.length) hash = Math.imul(hash ^ address.charCodeAt(pairs), 0x5bd1e995)
  return hash ^ (hash >>> 13)
}
