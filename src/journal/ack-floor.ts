// What a consumer has acknowledged, in whatever order: all packets before the floor, and some after it.

export class AckFloor {
  #floor: number
  readonly #beyond = new Set<number>()

  constructor(floor: number) {
    this.#floor = floor
  }

  /** All packets before it are acknowledged. */
  get floor(): number {
    return this.#floor
  }

  /** Packets beyond the floor that are acknowledged: at most as many as may be unacknowledged at once. */
  get beyond(): number {
    return this.#beyond.size
  }

  has(offset: number): boolean {
    return offset < this.#floor || this.#beyond.has(offset)
  }

  /** So many packets from `offset` on are acknowledged, maybe not for the first time. Whether the floor has risen. */
  add(offset: number, count = 1): boolean {
    const before = this.#floor
    const end = offset + count
    if (offset > before) {
      for (let one = offset; one < end; one++) this.#beyond.add(one)
      return false
    }
    if (this.#beyond.size > 0) for (let one = before; one < end; one++) this.#beyond.delete(one)
    this.#floor = Math.max(before, end)
    while (this.#beyond.delete(this.#floor)) this.#floor++
    return this.#floor > before
  }
}
