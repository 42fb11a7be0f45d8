// The levels of spectra: offsets, gains, the reference level, tables and profiles, as decibels for each bin.

import type { Meta } from '../packet.ts'
import type { Correction } from './correction-table.ts'
import { axisIn, type FrequencyAxis, numberIn } from './frequency-axis.ts'
import { mirrorFactor } from './plain-transform.ts'
import type { ReceiverProfile } from './receiver-profiles.ts'
import { type Numbers, sampleFormat } from './samples.ts'
import { numbersPerBin } from './scale.ts'
import { SPECTRUM_SCALES, type SpectrumScale } from './spectrum-meta.ts'

export interface LevelCorrection {
  /** dB added. */
  readonly offset: number
  /** dB taken away: what an amplifier has added; `meta` is the packet's own `gain`. */
  readonly gain: number | 'meta' | undefined
  /** dBm that full scale stands for; `meta` is the packet's own `reference_level`. */
  readonly reference: number | 'meta' | undefined
  readonly table: Correction | undefined
  readonly profile: ReceiverProfile | undefined
}

/** A spectrum's numbers and what its meta says of them. */
export interface Spectrum {
  readonly numbers: Numbers
  /** What they are, whatever order of bytes they came in. */
  readonly dtype: string
  readonly scale: SpectrumScale
  readonly rows: number
  readonly bins: number
  /** Samples of the transform. */
  readonly size: number
  readonly oneSided: boolean
  /** The bin of frequency 0. */
  readonly zero: number
  readonly axis: FrequencyAxis | undefined
  /** All bins of the transform are there. */
  readonly isWhole: boolean
}

/** What a packet's data and meta say; nothing where they are no whole spectra. */
export function spectrumOf(data: Uint8Array, meta: Meta): Spectrum | undefined {
  const { dtype, scale, shape, order, one_sided: oneSided } = meta
  const format = typeof dtype === 'string' ? sampleFormat(dtype) : undefined
  const named = SPECTRUM_SCALES.find(one => one === scale)
  const size = numberIn(meta['fft_size'])
  if (!format || format.fullScale || !named || !size || data.length % format.bytes !== 0) return undefined
  const total = data.length / format.bytes
  const rows = Array.isArray(shape) && shape.length === 2 ? (numberIn(shape[0]) ?? 1) : 1
  const bins = total / rows
  if (!Number.isInteger(bins) || format.complex !== (named === 'complex')) return undefined
  const length = total * numbersPerBin(named === 'complex' ? 'complex' : 'power')
  const numbers = format.double ? new Float64Array(length) : new Float32Array(length)
  format.read(data, numbers)
  const isWhole = bins === (oneSided === true ? Math.floor(size / 2) + 1 : size)
  const zero = oneSided === true || order === 'transform' ? 0 : Math.floor(size / 2)
  const [single, both] = format.complex ? ['complex64', 'complex128'] : ['float32', 'float64']
  const made = format.double ? both : single
  return {
    numbers,
    dtype: made,
    scale: named,
    rows,
    bins,
    size,
    oneSided: oneSided === true,
    zero,
    axis: axisIn(meta),
    isWhole,
  }
}

/** What `levelsBy` looks at, so that the levels of the last spectrum can serve the next. */
const LOOKED_AT = ['reference_level', 'gain', 'normalization', 'coherent_gain', 'order']

/** dB to add to each bin; the name of what is missing; nothing where nothing changes. */
export function levelsBy(
  correction: LevelCorrection,
): (spectrum: Spectrum, meta: Meta) => Float64Array | string | undefined {
  let known: { readonly key: string; readonly levels: Float64Array | string | undefined } | undefined
  return (spectrum, meta) => {
    const { axis, bins, size } = spectrum
    const key = `${axis?.start} ${axis?.step} ${bins} ${size} ${LOOKED_AT.map(field => meta[field]).join(' ')}`
    if (known?.key !== key) known = { key, levels: levelsOf(spectrum, meta, correction) }
    return known.levels
  }
}

function levelsOf(spectrum: Spectrum, meta: Meta, correction: LevelCorrection): Float64Array | string | undefined {
  const { offset, gain, table, profile } = correction
  const reference = correction.reference ?? (profile ? 'meta' : undefined)
  const level = reference === 'meta' ? numberIn(meta['reference_level']) : (reference ?? 0)
  if (level === undefined) return 'no reference level'
  const amplified = gain === 'meta' ? gainIn(meta) : (gain ?? 0)
  if (amplified === undefined) return 'no gain'
  const constant = offset + level - amplified + (profile?.constant ?? 0)
  if (constant === 0 && !table && !profile) return undefined
  const { axis, bins } = spectrum
  return new Float64Array(bins).map((_, k) => {
    const normal = profile ? normalizationLevel(spectrum, meta, k) : 0
    return constant + normal + (table && axis ? table(axis.start + k * axis.step) : 0)
  })
}

/** dB from how the amplitudes were normalized to what dividing them by the size gives. */
function normalizationLevel({ size, oneSided, zero, bins }: Spectrum, meta: Meta, bin: number): number {
  const { normalization = 'window' } = meta
  if (normalization === 'size') return 0
  if (normalization === 'none') return -20 * Math.log10(size)
  const gain = numberIn(meta['coherent_gain']) ?? 1
  const mirrored = oneSided ? mirrorFactor((bin - zero + bins) % bins, size) : 1
  return 20 * Math.log10(gain / mirrored)
}

/** A number, or the sum of those of several stages. */
function gainIn({ gain }: Meta): number | undefined {
  if (typeof gain === 'number') return gain
  if (!Array.isArray(gain)) return undefined
  let sum = 0
  for (const stage of gain) sum += typeof stage === 'number' ? stage : Number.NaN
  return Number.isFinite(sum) ? sum : undefined
}

export function applyLevels({ numbers, scale, rows, bins }: Spectrum, levels: Float64Array): void {
  const parts = scale === 'complex' ? 2 : 1
  const factors =
    scale === 'db' ? levels : levels.map(level => 10 ** (level / (scale === 'power' || scale === 'psd' ? 10 : 20)))
  for (let at = 0; at < rows * bins * parts; at++) {
    const factor = factors[Math.floor(at / parts) % bins] ?? 0
    const value = numbers[at] ?? 0
    numbers[at] = scale === 'db' ? value + factor : value * factor
  }
}
