// One stream of spectra as it is drawn: the last one, what is held of all of them, their waterfall.

import { isSameForm, type LevelSpectrum } from '../dsp/level-spectrum.ts'
import { Waterfall, type WaterfallOptions } from './waterfall.ts'

export const HOLDS = ['max', 'min', 'mean'] as const
export type Hold = (typeof HOLDS)[number]

export interface TraceOptions {
  readonly holds: readonly Hold[]
  readonly waterfall: WaterfallOptions | undefined
}

export class Trace {
  readonly name: string
  readonly #options: TraceOptions
  #spectrum: LevelSpectrum
  #holding = new Map<Hold, Holding>()
  #waterfall: Waterfall | undefined
  /** Milliseconds since 1970 of the last spectrum. */
  time: number | undefined
  /** Spectra since the axis is what it is. */
  spectra = 0

  constructor(name: string, first: LevelSpectrum, options: TraceOptions) {
    this.name = name
    this.#options = options
    this.#spectrum = first
    this.#begin()
  }

  /** The last one. */
  get spectrum(): LevelSpectrum {
    return this.#spectrum
  }

  get waterfall(): Waterfall | undefined {
    return this.#waterfall
  }

  held(hold: Hold): ArrayLike<number> | undefined {
    return this.#holding.get(hold)?.levels()
  }

  /** Of other frequencies, another size or another unit: everything begins anew. */
  see(spectrum: LevelSpectrum, time: number | undefined): void {
    const isSame = isSameForm(spectrum, this.#spectrum)
    this.#spectrum = spectrum
    this.time = time
    if (!isSame) this.#begin()
    this.spectra++
    for (const holding of this.#holding.values()) holding.add(spectrum.levels)
  }

  /** The last spectrum as a row of the waterfall. */
  row(): void {
    this.#waterfall?.add(this.#spectrum.levels, this.#spectrum.axis, this.time)
  }

  /** Begins to hold, or to hold anew, with the last spectrum. */
  hold(hold: Hold): void {
    const holding = HOLDINGS[hold](this.#spectrum.levels.length)
    if (this.spectra > 0) holding.add(this.#spectrum.levels)
    this.#holding.set(hold, holding)
  }

  release(hold: Hold): void {
    this.#holding.delete(hold)
  }

  /** As it is now; only its waterfall goes on, with the rows that are asked for here. */
  copy(): Trace {
    const copy = new Trace(this.name, this.#spectrum, this.#options)
    copy.#holding = new Map([...this.#holding].map(([hold, holding]) => [hold, holding.copy()]))
    copy.#waterfall = this.#waterfall
    copy.time = this.time
    copy.spectra = this.spectra
    return copy
  }

  #begin(): void {
    const { holds, waterfall } = this.#options
    const held = this.#waterfall || this.spectra > 0 ? [...this.#holding.keys()] : holds
    this.spectra = 0
    this.#holding = new Map()
    for (const hold of held) this.hold(hold)
    this.#waterfall = waterfall && new Waterfall(waterfall)
  }
}

interface Holding {
  add(levels: ArrayLike<number>): void
  levels(): ArrayLike<number>
  copy(): Holding
}

/** What is no number is left out; a bin without any stays NaN. */
const HOLDINGS: Readonly<Record<Hold, (bins: number) => Holding>> = {
  max: bins => extreme(none(bins), (level, held) => level > held),
  min: bins => extreme(none(bins), (level, held) => level < held),
  mean: bins => mean(new Float64Array(bins), new Uint32Array(bins)),
}

function mean(sums: Float64Array, counts: Uint32Array): Holding {
  return {
    add(levels) {
      for (let bin = 0; bin < sums.length; bin++) {
        const power = 10 ** ((levels[bin] ?? Number.NaN) / 10)
        if (Number.isNaN(power)) continue
        sums[bin] = (sums[bin] ?? 0) + power
        counts[bin] = (counts[bin] ?? 0) + 1
      }
    },
    levels: () => sums.map((sum, bin) => 10 * Math.log10(sum / (counts[bin] ?? 0))),
    copy: () => mean(sums.slice(), counts.slice()),
  }
}

function extreme(held: Float32Array, beats: (level: number, held: number) => boolean): Holding {
  return {
    add(levels) {
      for (let bin = 0; bin < held.length; bin++) {
        const level = levels[bin] ?? Number.NaN
        const best = held[bin] ?? Number.NaN
        if (beats(level, best) || (Number.isNaN(best) && !Number.isNaN(level))) held[bin] = level
      }
    },
    levels: () => held,
    copy: () => extreme(held.slice(), beats),
  }
}

function none(bins: number): Float32Array {
  return new Float32Array(bins).fill(Number.NaN)
}
