// The sensors among packets: for each name its values over time, with its unit and its gaps.

import { gapOf, type Meta } from '../packet.ts'
import { Named } from './named.ts'
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
  readonly #series = new Named<TimeSeries>(MOST_SENSORS)

  constructor(options: SensorsOptions) {
    this.#options = options
  }

  get all(): readonly TimeSeries[] {
    return this.#series.all
  }

  /** Sensors that are not drawn because there are too many. */
  get left(): number {
    return this.#series.left
  }

  /** False where there is no value in it. A gap record breaks every curve, no value that of its sensor. */
  see(meta: Meta): boolean {
    if (gapOf(meta)) {
      for (const series of this.#series.all) series.break()
      return true
    }
    const value = meta[this.#options.field]
    const name = typeof meta['name'] === 'string' ? meta['name'] : this.#options.field
    if (typeof value !== 'number') {
      if (value === null) this.#series.get(name)?.break()
      return value === null
    }
    const { unit } = meta
    const make = () => new TimeSeries(name, typeof unit === 'string' ? unit : '', this.#options.window)
    this.#series.getOrMake(name, make)?.add(timeOf(meta) ?? this.#options.now(), value)
    return true
  }
}
