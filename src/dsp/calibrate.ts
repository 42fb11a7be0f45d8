// Calibration as a stage: samples before their transform, spectra after it; everything else is passed on.

import { placeOf } from '../codec/place.ts'
import { readMeta } from '../codec/unreadable.ts'
import { type Meta, type Packet, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { correctSamples, type SampleCorrection } from './correct-samples.ts'
import { type SpectrumCorrection, spectrumCorrector } from './correct-spectrum.ts'
import { isSpectrum } from './spectrum-meta.ts'

export interface Calibration {
  /** Nothing: samples are passed on as they are. */
  readonly samples: SampleCorrection | undefined
  readonly spectra: SpectrumCorrection
}

export function calibrateStage({ samples, spectra }: Calibration, reject: Rejecter): Stage {
  const correctSpectrum = spectrumCorrector(spectra)
  function calibrate(one: Packet, meta: Meta): readonly Packet[] {
    if (one.data.length === 0) return [one]
    if (isSpectrum(meta)) {
      const corrected = correctSpectrum(one.data, meta)
      if (!('reason' in corrected)) return corrected.map(part => packet(part.meta, part.data))
      reject({ place: placeOf(one), ...corrected, bytes: one.data })
      return []
    }
    const corrected = samples && correctSamples(one.data, meta, samples)
    if (!corrected) return [one]
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
