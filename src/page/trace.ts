// One trace of the page: the last spectrum, and the greatest levels since each viewer was sent some, so that none is missed.

import { isSameForm, type LevelSpectrum } from '../dsp/level-spectrum.ts'
import { windowText } from '../dsp/window.ts'
import type { Meta, Packet } from '../packet.ts'
import type { Row, TraceMeta } from './message.ts'

/** More bins than this reach the page joined, each the greatest of some. */
const MOST_BINS = 16_384

/** What a viewer has not been sent yet. */
export interface Unseen {
  greatest: Float32Array
  spectra: number
  /** Nothing was sent of this form. */
  isFirst: boolean
}

export interface TraceName {
  readonly index: number
  readonly order: number
  readonly title: string
}

export class Trace {
  readonly #name: TraceName
  readonly #unseen = new Set<Unseen>()
  #latest: LevelSpectrum | undefined
  #timestamp: string | undefined
  /** Since the last fold. */
  #recent: Float32Array = new Float32Array(0)
  #recentSpectra = 0
  /** Since the form changed. */
  #held: Float32Array = new Float32Array(0)
  #total = 0
  #form = 0

  constructor(name: TraceName) {
    this.#name = name
  }

  push(spectrum: LevelSpectrum, meta: Meta): void {
    if (!this.#latest || !isSameForm(this.#latest, spectrum)) this.#begin(spectrum.levels.length)
    this.#latest = spectrum
    this.#total++
    this.#recentSpectra++
    raise(this.#recent, spectrum.levels)
    const { timestamp } = meta
    this.#timestamp = typeof timestamp === 'string' ? timestamp : undefined
  }

  watch(): Unseen {
    this.#fold()
    const unseen = { greatest: none(this.#recent.length), spectra: 0, isFirst: true }
    this.#unseen.add(unseen)
    return unseen
  }

  unwatch(unseen: Unseen): void {
    this.#unseen.delete(unseen)
  }

  hasNews(unseen: Unseen): boolean {
    return this.#latest !== undefined && (unseen.isFirst || this.#recentSpectra + unseen.spectra > 0)
  }

  /** What the viewer has not seen, as a packet; from then on it has. */
  take(unseen: Unseen): Packet {
    this.#fold()
    const { isFirst, spectra } = unseen
    const latest = this.#latest?.levels ?? []
    const rows: Row[] = ['latest']
    const levels: ArrayLike<number>[] = [latest]
    if (spectra > 1) {
      rows.push('greatest')
      levels.push(unseen.greatest)
    }
    if (isFirst) {
      rows.push('held')
      levels.push(this.#held)
    }
    const joined = Math.ceil(latest.length / MOST_BINS)
    const bins = Math.ceil(latest.length / joined)
    const data = new Float32Array(bins * rows.length)
    for (const [row, from] of levels.entries()) join(from, data.subarray(row * bins, (row + 1) * bins), joined)
    unseen.greatest.fill(Number.NEGATIVE_INFINITY)
    unseen.spectra = 0
    unseen.isFirst = false
    return { meta: { ...this.#meta(rows, { bins, joined, spectra }) }, data: new Uint8Array(data.buffer) }
  }

  #meta(rows: readonly Row[], { bins, joined, spectra }: Pick<TraceMeta, 'bins' | 'joined' | 'spectra'>): Meta {
    const { axis, axisUnit = 'bins', unit = '', noiseBandwidth = 1, window, size = 0 } = this.#latest ?? {}
    const { start, step } = axis ?? { start: 0, step: 1 }
    const meta = {
      trace: this.#name.index,
      title: this.#name.title,
      order: this.#name.order,
      rows,
      bins,
      start: start + ((joined - 1) / 2) * step,
      step: step * joined,
      axisUnit,
      unit,
      joined,
      spectra,
      total: this.#total,
      resolution: step * noiseBandwidth,
      ...(window && { window: windowText(window) }),
      size,
      form: this.#form,
      ...(this.#timestamp !== undefined && { timestamp: this.#timestamp }),
    } satisfies TraceMeta
    return meta
  }

  /** Spectra of another form: those before cannot be compared with them. */
  #begin(bins: number): void {
    this.#form++
    this.#recent = none(bins)
    this.#held = none(bins)
    this.#recentSpectra = 0
    for (const unseen of this.#unseen) {
      unseen.greatest = none(bins)
      unseen.spectra = 0
      unseen.isFirst = true
    }
  }

  /** Adds what has come to what each viewer has not seen, and to what is held. */
  #fold(): void {
    if (this.#recentSpectra === 0) return
    raise(this.#held, this.#recent)
    for (const unseen of this.#unseen) {
      if (unseen.spectra === 0) unseen.greatest.set(this.#recent)
      else raise(unseen.greatest, this.#recent)
      unseen.spectra += this.#recentSpectra
    }
    this.#recent.fill(Number.NEGATIVE_INFINITY)
    this.#recentSpectra = 0
  }
}

function none(bins: number): Float32Array {
  return new Float32Array(bins).fill(Number.NEGATIVE_INFINITY)
}

/** Each level that is greater; NaN is no level. */
function raise(levels: Float32Array, by: Float32Array | Float64Array): void {
  for (let bin = 0; bin < levels.length; bin++) {
    const level = by[bin] ?? Number.NaN
    if (level > (levels[bin] ?? 0)) levels[bin] = level
  }
}

/** The greatest of so many bins each. */
function join(from: ArrayLike<number>, to: Float32Array, joined: number): void {
  for (let at = 0; at < to.length; at++) {
    let greatest = from[at * joined] ?? Number.NaN
    for (let bin = at * joined + 1; bin < Math.min(from.length, (at + 1) * joined); bin++) {
      const level = from[bin] ?? Number.NaN
      if (!(level <= greatest)) greatest = level
    }
    to[at] = greatest
  }
}
