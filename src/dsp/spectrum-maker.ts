// The spectra of one stream: its samples go in, packets come out, averaged where that is wanted.

import type { Meta, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { type Average, type Averaging, makeAverage } from './averaging.ts'
import type { Origin } from './origins.ts'
import { type Rows, type SamplePlaces, SampleStream } from './sample-stream.ts'
import { rateBetween } from './sample-time.ts'
import type { Numbers, SampleFormat } from './samples.ts'
import { fromPower, numbersPerBin } from './scale.ts'
import { amplitudeFactor, type SpectrumForm, spectrumMeta, windowFigures } from './spectrum-meta.ts'
import { type SpectrumFamily, SpectrumPacket } from './spectrum-packet.ts'
import { makeTransform, type Transform } from './transform.ts'
import { windowWeights } from './window.ts'

export interface SpectrumMakerOptions {
  readonly form: SpectrumForm
  /** Samples from block to block. */
  readonly hop: number
  readonly format: SampleFormat
  /** Hz. */
  readonly sampleRate: number | undefined
  readonly removeMean: boolean
  readonly pad: boolean
  /** Share the transforms with a thread. */
  readonly threaded: boolean
  /** The most spectra a packet holds, of those that come together. */
  readonly rows: number
  readonly averaging: Averaging
  readonly average: number | undefined
  /** Counts what averages leave out. */
  readonly count: StageCount
  /** The number of the next spectrum: those of several makers may go on from each other. */
  readonly numbering?: { next: number }
}

export class SpectrumMaker {
  readonly #options: SpectrumMakerOptions
  readonly #transform: Transform
  readonly #stream: SampleStream
  readonly #average: Average | undefined
  readonly #family: SpectrumFamily
  #out: Packet[] = []
  /** Of the average's first block. */
  #origin: Origin | undefined
  readonly #numbering: { next: number }
  #transient = false
  #padded: number | undefined

  constructor(options: SpectrumMakerOptions) {
    const { form, hop, format, sampleRate, removeMean, averaging, average } = options
    const { size, scale, order } = form
    const { complex, double } = format
    const isAveraged = average !== undefined || averaging === 'max-hold' || averaging === 'min-hold'
    const weights = windowWeights(form.window, size)
    const factor = amplitudeFactor(form, weights, sampleRate ?? 1)
    this.#options = options
    this.#numbering = options.numbering ?? { next: 0 }
    this.#average = isAveraged ? makeAverage(averaging, average) : undefined
    this.#transform = makeTransform({
      size,
      complex,
      double,
      scale: isAveraged || scale === 'psd' ? 'power' : scale,
      shift: order === 'frequency',
      weights: weights.map(weight => weight * factor),
      oneSided: scale === 'psd' || form.normalization === 'window',
      threaded: options.threaded,
    })
    this.#stream = new SampleStream({
      size,
      hop,
      format,
      transform: this.#transform,
      removeMean,
      take: rows => this.#take(rows),
    })
    this.#family = familyOf(options, weights)
  }

  /** For whoever reads what is pushed next. */
  get places(): SamplePlaces {
    return this.#stream
  }

  /**
   * Whole samples and the meta they came with; what they complete is added to `out`. Transient spectra may lie in memory
   * that the next push writes again.
   */
  push(meta: Meta, data: Uint8Array, out: Packet[], { transient = false } = {}): void {
    this.#out = out
    this.#transient = transient
    this.#stream.push(meta, data)
  }

  /** The end of what belongs together. How many samples were in no block. */
  finish(out: Packet[]): number {
    this.#out = out
    let left = this.#stream.untransformed
    if (this.#options.pad && left > 0) {
      this.#padded = this.#stream.missing
      this.#stream.pad()
      left = 0
    }
    if (this.#average && this.#options.average !== undefined) this.#emitAverage()
    this.#average?.reset()
    this.#padded = undefined
    this.#stream.clear()
    return left
  }

  #take({ numbers, count, alone, origin }: Rows): void {
    const { scale } = this.#options.form
    const length = this.#transform.bins * (this.#average ? 1 : numbersPerBin(scale === 'psd' ? 'power' : scale))
    if (this.#average) {
      for (let row = 0; row < count; row++) {
        const powers = numbers.subarray(row * length, (row + 1) * length)
        if (this.#toDensity(powers, origin(row))) this.#addToAverage(powers, origin(row))
      }
      return
    }
    const kept = alone && this.#transient ? numbers : numbers.slice(0, count * length)
    const bytes = length * kept.BYTES_PER_ELEMENT
    const most = this.#isUnrated ? 1 : this.#options.rows
    for (let row = 0; row < count; row += most) {
      const together = Math.min(most, count - row)
      if (!this.#toDensity(kept.subarray(row * length, (row + 1) * length), origin(row))) continue
      const data = new Uint8Array(kept.buffer, kept.byteOffset + row * bytes, together * bytes)
      this.#emit(data, origin(row), { rows: together })
    }
  }

  /** A density that was made for 1 Hz, because only the times of its samples tell their rate. */
  get #isUnrated(): boolean {
    return this.#options.form.scale === 'psd' && this.#options.sampleRate === undefined
  }

  /** False where it cannot be one. */
  #toDensity(powers: Numbers, { meta, last, apart }: Origin): boolean {
    if (!this.#isUnrated) return true
    const rate = rateBetween(meta, last, apart)
    if (rate === undefined) {
      this.#options.count.drop('no sample rate')
      return false
    }
    for (let k = 0; k < powers.length; k++) powers[k] = (powers[k] ?? 0) / rate
    return true
  }

  #emit(
    data: Uint8Array,
    origin: Origin,
    { rows = 1, averages }: { rows?: number; averages?: number | undefined },
  ): void {
    const seq = this.#numbering.next
    this.#numbering.next += rows
    const padded = this.#padded
    this.#out.push(new SpectrumPacket(data, this.#family, origin, { seq, rows, averages, padded }))
  }

  /** One number that is none would make the whole average none. */
  #addToAverage(row: Numbers, origin: Origin): void {
    if (!isFiniteRow(row)) {
      this.#options.count.drop('not finite')
      return
    }
    this.#origin ??= origin
    if (this.#average?.add(row)) this.#emitAverage()
  }

  #emitAverage(): void {
    const rows = this.#average?.rows
    const powers = this.#average?.take()
    const origin = this.#origin
    if (!powers || !origin) return
    this.#origin = undefined
    const { scale } = this.#options.form
    const made = this.#options.format.double ? new Float64Array(powers.length) : new Float32Array(powers.length)
    const final = scale === 'magnitude' || scale === 'db' ? scale : 'power'
    for (let k = 0; k < powers.length; k++) made[k] = fromPower(powers[k] ?? 0, final)
    this.#emit(new Uint8Array(made.buffer), origin, { averages: rows })
  }
}

function isFiniteRow(row: Numbers): boolean {
  for (let k = 0; k < row.length; k++) if (!Number.isFinite(row[k])) return false
  return true
}

/** The fields are made once for each packet of samples that somebody looks at. */
function familyOf({ form, format, sampleRate, hop }: SpectrumMakerOptions, weights: Float64Array): SpectrumFamily {
  const figures = windowFigures(weights)
  let known: { readonly meta: Meta; readonly made: Meta } | undefined
  return {
    sampleRate,
    hop,
    metaFor({ meta, last, apart }) {
      if (known?.meta !== meta || sampleRate === undefined) {
        const rate = sampleRate ?? rateBetween(meta, last, apart)
        known = { meta, made: spectrumMeta(form, { ...format, sampleRate: rate }, meta, figures) }
      }
      return known.made
    },
  }
}
