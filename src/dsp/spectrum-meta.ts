// What the meta of a spectrum says: the packet it was made of, the frequencies, the window, the scale and its unit.

import type { Meta } from '../packet.ts'
import { axisOf, numberIn, type Order } from './frequency-axis.ts'
import { coherentGain, noiseBandwidth, type Window, windowText } from './window.ts'

/** `psd` is a density; `complex` has no unit of its own. */
export const SPECTRUM_SCALES = ['db', 'power', 'psd', 'magnitude', 'complex'] as const
export type SpectrumScale = (typeof SPECTRUM_SCALES)[number]

/** What amplitudes are divided by: the sum of the window's weights, the size, or nothing. */
export const NORMALIZATIONS = ['window', 'size', 'none'] as const
export type Normalization = (typeof NORMALIZATIONS)[number]

/** Whether a packet's data are bins, by its meta. */
export function isSpectrum(meta: Meta): boolean {
  return SPECTRUM_SCALES.some(scale => scale === meta['scale']) && numberIn(meta['fft_size']) !== undefined
}

export interface SpectrumForm {
  readonly size: number
  readonly window: Window
  readonly scale: SpectrumScale
  readonly normalization: Normalization
  readonly order: Order
}

/** What is known of the samples of one stream. */
export interface SampleForm {
  readonly complex: boolean
  readonly double: boolean
  /** Hz. */
  readonly sampleRate: number | undefined
}

/** Fields that are of the samples' packet alone. */
const OF_SAMPLES = ['dtype', 'shape', 'seq', 'value', 'timestamp', 'timestamp_ns', 'id', 'unit', 'full_scale', 'vrt']

/** How a window changes what it is laid on: told in each spectrum's meta. */
export interface WindowFigures {
  readonly coherent_gain: number
  readonly enbw: number
}

export function windowFigures(weights: Float64Array): WindowFigures {
  // Without the digits that only rounding makes.
  const rounded = (value: number) => Number(value.toPrecision(12))
  return { coherent_gain: rounded(coherentGain(weights)), enbw: rounded(noiseBandwidth(weights)) }
}

/** The fields of a spectrum that do not change from block to block; `meta` is that of its first sample's packet. */
export function spectrumMeta(form: SpectrumForm, samples: SampleForm, meta: Meta, figures: WindowFigures): Meta {
  const { size, window, scale, normalization, order } = form
  const { complex, double, sampleRate } = samples
  const centerFrequency = numberIn(meta['center_frequency'])
  const ifFrequency = numberIn(meta['if_frequency'])
  const kept = Object.fromEntries(Object.entries(meta).filter(([key]) => !OF_SAMPLES.includes(key)))
  const axis =
    sampleRate === undefined ? undefined : axisOf({ size, complex, sampleRate, centerFrequency, ifFrequency, order })
  const [single, both] = scale === 'complex' ? ['complex64', 'complex128'] : ['float32', 'float64']
  const unit = meta['unit']
  return {
    ...kept,
    dtype: double ? both : single,
    shape: [complex ? size : Math.floor(size / 2) + 1],
    ...(sampleRate !== undefined && { sample_rate: sampleRate }),
    ...(axis && { frequency_start: axis.start, frequency_step: axis.step }),
    ...(complex && order === 'transform' && { order }),
    scale,
    unit: unitOf(scale, typeof unit === 'string' ? unit : 'FS'),
    fft_size: size,
    ...(!complex && { one_sided: true }),
    ...(normalization !== 'window' && scale !== 'psd' && { normalization }),
    window: windowText(window),
    ...figures,
  }
}

/** FS is full scale: samples without a unit, 1 at most. */
function unitOf(scale: SpectrumScale, unit: string): string {
  const simple = /^[\p{L}%]+$/u.test(unit) ? unit : `(${unit})`
  switch (scale) {
    case 'db':
      return `dB${simple}`
    case 'power':
      return `${simple}²`
    case 'psd':
      return `${simple}²/Hz`
    default:
      return unit
  }
}

/** What each weight is multiplied with, so that amplitudes, or a density, come out right. */
export function amplitudeFactor(
  { scale, normalization, size }: SpectrumForm,
  weights: Float64Array,
  rate: number,
): number {
  if (scale === 'psd') return 1 / Math.sqrt(rate * weights.reduce((sum, weight) => sum + weight ** 2, 0))
  if (normalization === 'none') return 1
  return normalization === 'size' ? 1 / size : 1 / (size * coherentGain(weights))
}
