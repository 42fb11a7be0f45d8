// Percentiles of any number of durations in a fixed amount of memory.

/** Parts of an octave: a percentile is right within 1%. */
const PARTS = 64
const OCTAVES = 48

/** Positive numbers up to 2^48; what is below 1 counts as 1. */
export class Histogram {
  readonly #counts = new Float64Array(PARTS * OCTAVES + 1)
  count = 0
  max = 0

  add(value: number): void {
    const place = value <= 1 ? 0 : Math.ceil(Math.log2(value) * PARTS)
    const last = this.#counts.length - 1
    const index = Math.min(place, last)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.count++
    if (value > this.max) this.max = value
  }

  /** The value that this fraction (0 to 1) of all values does not exceed. */
  percentile(fraction: number): number {
    let left = Math.max(1, Math.ceil(fraction * this.count))
    for (const [place, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return Math.min(2 ** (place / PARTS), this.max)
    }
    return this.max
  }
}
