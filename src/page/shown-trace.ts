// A trace as a page keeps it: the last spectrum, what was held of all, and the frequencies of its bins.

import { decimal, prefixFor } from '../chart/engineering.ts'
import { noiseFloor, type Peak, peaksOf } from '../dsp/measure.ts'
import { parseWindow } from '../dsp/window.ts'
import { lobeOf } from '../dsp/window-lobe.ts'
import type { TraceFrame, TraceMeta } from './message.ts'

const NOTHING = new Float32Array(0)

export class ShownTrace {
  #meta: TraceMeta
  #latest: Float32Array = NOTHING
  #held: Float32Array = NOTHING
  /** In `axisUnit`. */
  #frequencies = new Float64Array(0)
  /** What the server held is older than what was cleared here. */
  #isCleared = false

  constructor(meta: TraceMeta) {
    this.#meta = meta
    this.#reform(meta)
  }

  get meta(): TraceMeta {
    return this.#meta
  }

  get latest(): Float32Array {
    return this.#latest
  }

  get held(): Float32Array {
    return this.#held
  }

  get frequencies(): Float64Array {
    return this.#frequencies
  }

  /** The greatest levels since the frame before: the row of the waterfall; and whether the axis is another now. */
  take({ meta, levels }: TraceFrame): { readonly row: Float32Array; readonly isReformed: boolean } {
    const isReformed = meta.form !== this.#meta.form || meta.bins !== this.#meta.bins
    if (isReformed) this.#reform(meta)
    this.#meta = meta
    this.#latest = levels.latest ?? NOTHING
    const row = levels.greatest ?? this.#latest
    raise(this.#held, row)
    if (levels.held && !this.#isCleared) raise(this.#held, levels.held)
    return { row, isReformed }
  }

  /** Holds from the next frame on. */
  clear(): void {
    this.#held.fill(Number.NaN)
    this.#isCleared = true
  }

  /** As the axis has it, with one prefix for all of it; `step` says how fine. */
  text(frequency: number, step: number): string {
    const { start, step: binStep, bins, axisUnit } = this.#meta
    const greatest = Math.max(Math.abs(start), Math.abs(start + binStep * (bins - 1)))
    const { factor, prefix } = prefixFor(greatest, axisUnit)
    return `${decimal(frequency / factor, step / factor)} ${prefix}${axisUnit}`
  }

  /** The bin nearest to a frequency, if it is one of them. */
  binAt(frequency: number): number | undefined {
    const { start, step, bins } = this.#meta
    const bin = Math.round((frequency - start) / step)
    return bin >= 0 && bin < bins ? bin : undefined
  }

  /** At most so many, so far above the noise. */
  peaks(count: number, above: number): readonly Peak[] {
    const { start, step, joined, window, size } = this.#meta
    const levels = this.#latest
    const lobe = joined === 1 && window !== undefined ? lobeOf(parseWindow(window), size) : undefined
    return peaksOf(levels, { start, step }, { count, floor: noiseFloor(levels), above, ...(lobe && { lobe }) })
  }

  #reform({ bins, start, step }: TraceMeta): void {
    this.#held = new Float32Array(bins).fill(Number.NaN)
    this.#frequencies = Float64Array.from({ length: bins }, (_, bin) => start + bin * step)
    this.#isCleared = false
  }
}

/** NaN is no level yet. */
function raise(levels: Float32Array, by: Float32Array): void {
  for (let bin = 0; bin < levels.length; bin++) {
    const level = by[bin] ?? Number.NaN
    if (!(level <= (levels[bin] ?? Number.NaN)) && !Number.isNaN(level)) levels[bin] = level
  }
}
