// Corrections of spectra: levels, inversion, the middle of the band, the part of it that is of use.

import type { Meta } from '../packet.ts'
import type { Reject } from '../stream/reject.ts'
import type { FrequencyAxis } from './frequency-axis.ts'
import { type BinRange, type ReceiverMode, usableBins } from './receiver-profiles.ts'
import { applyLevels, type LevelCorrection, levelsBy, type Spectrum, spectrumOf } from './spectrum-levels.ts'
import type { SpectrumScale } from './spectrum-meta.ts'

export const INVERSIONS = ['auto', 'always', 'never'] as const

export interface SpectrumCorrection extends LevelCorrection {
  /** Leave only what is usable in this mode. */
  readonly mode: ReceiverMode | undefined
  /** `auto`: where the packet says `spectral_inversion`. */
  readonly inversion: (typeof INVERSIONS)[number]
  /** Put the mean of its neighbours in place of the bin at frequency 0. */
  readonly maskMiddle: boolean
  /** Leave only these frequencies. */
  readonly band: { readonly from: number; readonly to: number } | undefined
}

/** But for spectra that say themselves that they are inverted. */
export function isNothing(correction: SpectrumCorrection): boolean {
  const { offset, gain, reference, table, profile, mode, band, inversion, maskMiddle } = correction
  const isLeveled = offset !== 0 || [gain, reference, table, profile].some(each => each !== undefined)
  return !isLeveled && !maskMiddle && mode === undefined && band === undefined && inversion === 'auto'
}

export interface CorrectedSpectrum {
  readonly data: Uint8Array
  readonly meta: Meta
}

export type Fault = Pick<Reject, 'reason' | 'detail'>

/** Corrects spectrum by spectrum: one packet, or one for each part of the band that is of use, or what is wrong. */
export function spectrumCorrector(
  correction: SpectrumCorrection,
): (data: Uint8Array, meta: Meta) => readonly CorrectedSpectrum[] | Fault {
  const levelsFor = levelsBy(correction)
  return (data, meta) => {
    const spectrum = spectrumOf(data, meta)
    if (!spectrum)
      return { reason: 'no whole spectrum', detail: `${data.length} bytes of ${JSON.stringify(meta['dtype'])}` }
    const fault = faultOf(spectrum, correction, meta)
    if (fault) return fault
    const axis = axisAfter(spectrum, correction, meta)
    const levels = levelsFor({ ...spectrum, axis }, meta)
    if (typeof levels === 'string') return { reason: levels, detail: 'expected it in the meta, or as a number' }
    const { inversion, maskMiddle } = correction
    if (isToInvert(correction, meta)) invert(spectrum)
    if (maskMiddle) maskZero(spectrum)
    if (levels) applyLevels(spectrum, levels)
    const fields = {
      ...meta,
      dtype: spectrum.dtype,
      ...(inversion !== 'never' && meta['spectral_inversion'] === true && { spectral_inversion: false }),
      ...(isAbsolute(correction) && { unit: UNITS[spectrum.scale] }),
    }
    return rangesOf({ ...spectrum, axis }, correction).map(range => partOf({ ...spectrum, axis }, range, fields))
  }
}

const UNITS: Readonly<Record<SpectrumScale, string>> = {
  db: 'dBm',
  power: 'mW',
  psd: 'mW/Hz',
  magnitude: '√mW',
  complex: '√mW',
}

/** Levels become those of a power, whatever full scale is. */
function isAbsolute({ reference, profile }: SpectrumCorrection): boolean {
  return reference !== undefined || profile !== undefined
}

function isToInvert({ inversion }: SpectrumCorrection, meta: Meta): boolean {
  return inversion === 'always' || (inversion === 'auto' && meta['spectral_inversion'] === true)
}

function faultOf(
  { axis, isWhole, zero, oneSided, scale }: Spectrum,
  correction: SpectrumCorrection,
  meta: Meta,
): Fault | undefined {
  const { table, band, mode, maskMiddle, profile } = correction
  if (isAbsolute(correction) && meta['unit'] === UNITS[scale])
    return { reason: 'absolute already', detail: `in ${UNITS[scale]}: expected levels that full scale gives a meaning` }
  if ((table || band) && !axis)
    return { reason: 'no frequencies', detail: 'expected frequency_start and frequency_step' }
  const needsWhole = mode !== undefined || maskMiddle || profile !== undefined || isToInvert(correction, meta)
  if (needsWhole && !isWhole) return { reason: 'part of a spectrum', detail: 'expected all bins of the transform' }
  if ((mode || band) && zero === 0 && !oneSided)
    return { reason: 'bins out of order', detail: 'expected them by frequency, to leave some away' }
  if (mode && mode.real !== oneSided)
    return { reason: 'another mode', detail: `of ${oneSided ? 'real' : 'complex'} samples, which the mode has not` }
  return undefined
}

/**
 * Exactly: the bin at frequency 0 stays, that at +f changes places with that at -f. Real samples' turn end to end. Complex
 * bins become conjugate, too: else their samples would run backwards.
 */
function invert({ numbers, scale, rows, bins, zero, oneSided }: Spectrum): void {
  const parts = scale === 'complex' ? 2 : 1
  const before = numbers.slice()
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < bins; k++) {
      const mirrored = oneSided ? bins - 1 - k : (2 * zero - k + bins) % bins
      for (let part = 0; part < parts; part++) {
        const number = before[(row * bins + mirrored) * parts + part] ?? 0
        numbers[(row * bins + k) * parts + part] = part === 0 ? number : -number
      }
    }
  }
}

function maskZero({ numbers, scale, rows, bins, zero, oneSided }: Spectrum): void {
  const parts = scale === 'complex' ? 2 : 1
  if (bins < 3) return
  const before = oneSided ? zero + 1 : zero - 1
  for (let row = 0; row < rows; row++) {
    for (let part = 0; part < parts; part++) {
      const at = (bin: number) => (row * bins + ((bin + bins) % bins)) * parts + part
      numbers[at(zero)] = ((numbers[at(before)] ?? 0) + (numbers[at(zero + 1)] ?? 0)) / 2
    }
  }
}

/** Where the middle of the mode's band is not that of the samples, and nobody has said so yet. */
function axisAfter({ axis }: Spectrum, { mode }: SpectrumCorrection, meta: Meta): FrequencyAxis | undefined {
  if (!axis || !mode || meta['if_frequency'] !== undefined) return axis
  const shift = mode.full * (0.5 - mode.center)
  return { start: axis.start + (meta['spectral_inversion'] === true ? -shift : shift), step: axis.step }
}

function rangesOf({ bins, size, axis }: Spectrum, { mode, band }: SpectrumCorrection): readonly BinRange[] {
  const usable = mode ? usableBins(mode, size) : [{ start: 0, count: bins }]
  if (!band || !axis) return usable
  return usable.flatMap(({ start, count }) => {
    const first = Math.max(start, Math.ceil((band.from - axis.start) / axis.step - 1e-9))
    const end = Math.min(start + count, Math.floor((band.to - axis.start) / axis.step + 1e-9) + 1)
    return end > first ? [{ start: first, count: end - first }] : []
  })
}

function partOf(
  { numbers, scale, rows, bins, axis }: Spectrum,
  { start, count }: BinRange,
  meta: Meta,
): CorrectedSpectrum {
  const parts = scale === 'complex' ? 2 : 1
  const length = count * parts
  const made = count === bins ? numbers : numbers.slice(0, rows * length)
  if (count !== bins) {
    for (let row = 0; row < rows; row++) {
      const from = (row * bins + start) * parts
      made.set(numbers.subarray(from, from + length), row * length)
    }
  }
  return {
    data: new Uint8Array(made.buffer, made.byteOffset, made.byteLength),
    meta: {
      ...meta,
      shape: rows > 1 ? [rows, count] : [count],
      ...(axis && { frequency_start: axis.start + start * axis.step }),
    },
  }
}
