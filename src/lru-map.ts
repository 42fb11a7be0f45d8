// A map with a bound: what is beyond it is forgotten, beginning with what was not used for longest.

export class LruMap<Key, Value extends NonNullable<unknown>> {
  readonly #most: number
  readonly #weightOf: (value: Value) => number
  /** The one that was used last is the last. */
  readonly #entries = new Map<Key, Value>()
  #newest: Key | undefined
  #weight = 0

  /** `most`: of the values' weights together. The one that was used last stays, whatever it weighs. */
  constructor(most: number, weightOf: (value: Value) => number = () => 1) {
    this.#most = most
    this.#weightOf = weightOf
  }

  get size(): number {
    return this.#entries.size
  }

  /** Using it. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value === undefined || key === this.#newest) return value
    this.#entries.delete(key)
    this.#entries.set(key, value)
    this.#newest = key
    return value
  }

  set(key: Key, value: Value): void {
    this.#delete(key)
    this.#entries.set(key, value)
    this.#newest = key
    this.#weight += this.#weightOf(value)
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#most || oldest === key) break
      this.#delete(oldest)
    }
  }

  getOrMake(key: Key, make: () => Value): Value {
    const known = this.get(key)
    if (known !== undefined) return known
    const value = make()
    this.set(key, value)
    return value
  }

  #delete(key: Key): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#weight -= this.#weightOf(value)
  }
}
