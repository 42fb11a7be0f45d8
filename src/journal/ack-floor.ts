// What a consumer has acknowledged, in whatever order: all packets before the floor, and some of those that it has taken.

export class AckFloor {
  #floor: number
  /** Taken and not yet below the floor, in order. */
  #taken: number[] = []
  #head = 0
  /** Acknowledged and not yet below the floor. */
  readonly #done = new Set<number>()
  #open = 0
  /** Packets before it are taken or not wanted. */
  #read: number

  constructor(floor: number) {
    this.#floor = floor
    this.#read = floor
  }

  /** All packets before it are acknowledged, or were not wanted. */
  get floor(): number {
    return this.#floor
  }

  /** Taken and not acknowledged. */
  get open(): number {
    return this.#open
  }

  /** Takes packets in order. False where it is acknowledged already. */
  take(offset: number): boolean {
    this.#taken.push(offset)
    if (this.#done.has(offset)) return false
    this.#open++
    return true
  }

  /** Of the packets before it none but those that were taken are wanted. */
  readTo(offset: number): void {
    this.#read = Math.max(this.#read, offset)
    this.#rise()
  }

  /** A packet that was taken is dealt with. */
  acknowledge(offset: number): void {
    if (offset < this.#floor || this.#done.has(offset)) return
    this.#done.add(offset)
    this.#open--
    if (this.#taken[this.#head] === offset) this.#rise()
  }

  /** All that is not acknowledged is taken once more, from the floor on. */
  restart(): void {
    this.#taken = []
    this.#head = 0
    this.#open = 0
    this.#read = this.#floor
  }

  #rise(): void {
    let first = this.#taken[this.#head]
    while (first !== undefined && this.#done.delete(first)) first = this.#taken[++this.#head]
    if (this.#head * 2 > this.#taken.length) {
      this.#taken = this.#taken.slice(this.#head)
      this.#head = 0
    }
    this.#floor = Math.max(this.#floor, first ?? this.#read)
  }
}
