// Calibration as a stage: samples before their transform, spectra after it; everything else is passed on.

import { placeOf } from '../codec/place.ts'
import { readMeta } from '../codec/unreadable.ts'
import { type Meta, type Packet, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { correctSamples, type SampleCorrection } from './correct-samples.ts'
import { isNothing, type SpectrumCorrection, spectrumCorrector } from './correct-spectrum.ts'
import { isSpectrum } from './spectrum-meta.ts'

export interface Calibration {
  /** Nothing: samples are passed on as they are. */
  readonly samples: SampleCorrection | undefined
  readonly spectra: SpectrumCorrection
}

export interface CalibrateContext {
  readonly reject: Rejecter
  /** Told of the first packet that nothing here is for, and of the first spectrum of which nothing is left. */
  readonly warn?: (text: string) => void
}

const ONLY_SAMPLES =
  'spectra come, which the corrections of samples that were asked for leave as they are: expected before fft'
const ONLY_SPECTRA =
  'samples come, which the corrections of spectra that were asked for leave as they are: expected after fft'
const ONLY_COMPLEX = 'real samples come, which have no I and Q: what was asked for of these leaves them as they are'
const NONE_LEFT = 'a spectrum has no bins in the band that is to be left: nothing of it passes'

export function calibrateStage(
  { samples, spectra }: Calibration,
  { reject, warn = () => {} }: CalibrateContext,
): Stage {
  const correctSpectrum = spectrumCorrector(spectra)
  const isForSpectra = !isNothing(spectra)
  const told = new Set<string>()
  const warnOnce = (text: string) => {
    if (!told.has(text)) warn(text)
    told.add(text)
  }
  function calibrate(one: Packet, meta: Meta): readonly Packet[] {
    if (one.data.length === 0) return [one]
    if (isSpectrum(meta)) {
      if (samples && !isForSpectra) warnOnce(ONLY_SAMPLES)
      const corrected = correctSpectrum(one.data, meta)
      if (!('reason' in corrected)) {
        if (corrected.length === 0) warnOnce(NONE_LEFT)
        return corrected.map(part => packet(part.meta, part.data))
      }
      reject({ place: placeOf(one), ...corrected, bytes: one.data })
      return []
    }
    if (isForSpectra && !samples) warnOnce(ONLY_SPECTRA)
    const corrected = samples && correctSamples(one.data, meta, samples)
    if (!corrected) return [one]
    if (!corrected.complex && (samples?.swap || samples?.imbalance)) warnOnce(ONLY_COMPLEX)
    const { full_scale: _, ...kept } = meta
    return [packet({ ...kept, ...corrected.fields }, corrected.data)]
  }
  return {
    push: batch =>
      batch.flatMap(one => {
        const meta = readMeta(one, reject)
        return meta ? calibrate(one, meta) : []
      }),
  }
}
