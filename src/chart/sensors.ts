// The sensors among packets: for each name its values over time, with its unit and its gaps.

import { gapOf, type Meta } from '../packet.ts'
import { TimeSeries } from './time-series.ts'
import { timeOf } from './traces.ts'

/** More are counted, and not drawn. */
export const MOST_SENSORS = 64

export interface SensorsOptions {
  /** The key of the meta that has the value. */
  readonly field: string
  /** Milliseconds that are drawn; everything where it is missing. */
  readonly window: number | undefined
  /** Milliseconds since 1970, for values without a time of their own. */
  readonly now: () => number
}

export class Sensors {
  readonly #options: SensorsOptions
  readonly #series = new Map<string, TimeSeries>()
  readonly #left = new Set<string>()

  constructor(options: SensorsOptions) {
    this.#options = options
  }

  get all(): readonly TimeSeries[] {
    return [...this.#series.values()]
  }

  /** Sensors that are not drawn because there are too many. */
  get left(): number {
    return this.#left.size
  }

  /** False where there is no value in it. A gap record breaks every curve, no value that of its sensor. */
  see(meta: Meta): boolean {
    if (gapOf(meta)) {
      for (const series of this.#series.values()) series.break()
      return true
    }
    const value = meta[this.#options.field]
    const name = typeof meta['name'] === 'string' ? meta['name'] : this.#options.field
    if (typeof value !== 'number') {
      if (value === null) this.#series.get(name)?.break()
      return value === null
    }
    this.#seriesOf(name, meta)?.add(timeOf(meta) ?? this.#options.now(), value)
    return true
  }

  #seriesOf(name: string, { unit }: Meta): TimeSeries | undefined {
    const known = this.#series.get(name)
    if (known) return known
    if (this.#series.size === MOST_SENSORS) {
      this.#left.add(name)
      return undefined
    }
    const series = new TimeSeries(name, typeof unit === 'string' ? unit : '', this.#options.window)
    this.#series.set(name, series)
    return series
  }
}
