// Which numbers of a sequence are missing so far, when they may come in any order.

/** From and to, both included. */
export type Range = readonly [from: number, to: number]

/** What a number turned out to be. `stale` is too old to tell a late number from a repeated one. */
export type Arrival = 'next' | 'late' | 'repeated' | 'stale'

export interface HolesOptions {
  /** The number a sequence should begin with; nothing is missing before the first one seen if this is undefined. */
  readonly first: number | undefined
  /** Numbers this far behind the newest are looked up; holes further back are final. */
  readonly window: number
  /** Final holes that are remembered for the report; all are counted. */
  readonly remembered: number
}

/** Memory is bounded: by half the window's numbers as holes, and the remembered ranges. */
export class Holes {
  readonly #options: HolesOptions
  readonly #open: [number, number][] = []
  readonly #final: Range[] = []
  #next: number | undefined
  /** Numbers that have not come. */
  missing = 0

  constructor(options: HolesOptions) {
    this.#options = options
    this.#next = options.first
  }

  /** One more than the greatest number so far. */
  get next(): number {
    return this.#next ?? 0
  }

  /** The ranges that have not come, as far as they are remembered. */
  get ranges(): readonly Range[] {
    return [...this.#final, ...this.#open].slice(0, this.#options.remembered)
  }

  /** Whether the number is missing, or the very next. */
  wants(seq: number): boolean {
    return seq === this.#next || this.#place(seq) >= 0
  }

  arrive(seq: number): Arrival {
    this.#next ??= seq
    if (seq >= this.#next) {
      if (seq > this.#next) {
        this.#open.push([this.#next, seq - 1])
        this.missing += seq - this.#next
      }
      this.#next = seq + 1
      this.#forget()
      return 'next'
    }
    if (seq < this.#next - this.#options.window) return 'stale'
    const place = this.#place(seq)
    const hole = this.#open[place]
    if (!hole) return 'repeated'
    const [from, to] = hole
    const parts: [number, number][] = []
    if (from < seq) parts.push([from, seq - 1])
    if (seq < to) parts.push([seq + 1, to])
    this.#open.splice(place, 1, ...parts)
    this.missing--
    return 'late'
  }

  #forget(): void {
    const oldest = this.next - this.#options.window
    while (this.#open[0] && this.#open[0][1] < oldest) {
      const hole = this.#open.shift()
      if (hole && this.#final.length < this.#options.remembered) this.#final.push(hole)
    }
  }

  /** The index of the hole the number lies in, or -1. */
  #place(seq: number): number {
    let low = 0
    let high = this.#open.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const [from, to] = this.#open[middle] ?? [0, 0]
      if (seq < from) high = middle - 1
      else if (seq > to) low = middle + 1
      else return middle
    }
    return -1
  }
}
