// What is measured on every spectrum: a record with its peaks, noise, channels and occupied band, units included.

import { placeOf } from '../codec/place.ts'
import { readMeta } from '../codec/unreadable.ts'
import { gapOf, type JsonObject, type Meta, type Packet, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { numberIn } from './frequency-axis.ts'
import { type LevelSpectrum, levelSpectra } from './level-spectrum.ts'
import { bandPower, channelPower, noiseFloor, occupiedBand, peaksOf } from './measure.ts'
import { timeFieldsAfter } from './sample-time.ts'
import { isSpectrum } from './spectrum-meta.ts'
import { lobeOf } from './window-lobe.ts'

export interface Channel {
  /** Hz. */
  readonly center: number
  readonly width: number
}

export interface MeasureOptions {
  /** How many peaks. */
  readonly peaks: number
  /** dB that a peak stands above the noise floor at least. */
  readonly above: number
  readonly channels: readonly Channel[]
  /** The share of all power that the occupied band holds. */
  readonly occupied: number
}

/** What a spectrum's packet says of its bins, and nothing else. */
const OF_BINS = [
  'dtype',
  'shape',
  'scale',
  'unit',
  'fft_size',
  'one_sided',
  'order',
  'normalization',
  'window',
  'coherent_gain',
  'enbw',
  'row_interval',
  'padded',
]

/** A record in place of each spectrum. Gap records pass; what is no spectrum is rejected. */
export function measureStage(options: MeasureOptions, reject: Rejecter): Stage {
  function measured(one: Packet): readonly Packet[] {
    const meta = readMeta(one, reject)
    if (!meta) return []
    if (gapOf(meta)) return [one]
    const spectra = levelSpectra(one)
    if (!spectra) {
      const reason = isSpectrum(meta) ? 'no whole spectrum' : 'no spectrum'
      reject({ place: placeOf(one), reason, detail: 'expected one as fft makes them', bytes: one.data })
      return []
    }
    return spectra.map((spectrum, row) => packet({ ...fieldsOfRow(meta, row), ...measurements(spectrum, options) }))
  }
  return { push: batch => batch.flatMap(measured) }
}

function fieldsOfRow(meta: Meta, row: number): Meta {
  const kept = Object.fromEntries(Object.entries(meta).filter(([key]) => !OF_BINS.includes(key)))
  if (row === 0) return kept
  const seq = numberIn(meta['seq'])
  const seconds = row * (numberIn(meta['row_interval']) ?? 0)
  return { ...kept, ...timeFieldsAfter(meta, seconds), ...(seq !== undefined && { seq: seq + row }) }
}

export function measurements(spectrum: LevelSpectrum, options: MeasureOptions): JsonObject {
  const { levels, axis, axisUnit, unit, density, noiseBandwidth, window, size } = spectrum
  const floor = noiseFloor(levels)
  const lobe = window && lobeOf(window, size)
  const found = { count: Math.max(1, options.peaks), floor, above: options.above, ...(lobe && { lobe }) }
  const peaks = peaksOf(levels, axis, found)
  const [strongest] = peaks
  const binNoise = axisUnit === 'Hz' && !density ? 10 * Math.log10(axis.step * noiseBandwidth) : 0
  return {
    unit,
    peaks: peaks
      .slice(0, options.peaks)
      .map(({ frequency, level }) => ({ frequency: rounded(frequency, axis.step), level: decibels(level) })),
    noise_floor: decibels(floor),
    ...(axisUnit === 'Hz' && { noise_density: decibels(floor - binNoise) }),
    snr: strongest ? decibels(strongest.level - floor) : null,
    channels: options.channels.map(channel => channelRecord(spectrum, channel)),
    occupied_band: occupiedRecord(spectrum, options.occupied),
  }
}

function channelRecord(spectrum: LevelSpectrum, { center, width }: Channel): JsonObject {
  const { levels, axis, noiseBandwidth, unit, density } = spectrum
  const band = { from: center - width / 2, to: center + width / 2 }
  const power = bandPower(levels, axis, band, density ? { perHertz: true } : { noiseBandwidth })
  return { center, width, power: decibels(power), unit: density ? unit.replace(/\/Hz$/, '') : unit }
}

function occupiedRecord({ levels, axis }: LevelSpectrum, share: number): JsonObject {
  const total = channelPower(levels, 0, levels.length - 1)
  if (!Number.isFinite(total)) return { share, from: null, to: null, bandwidth: null }
  const { from, to, bandwidth } = occupiedBand(levels, axis, share)
  return { share, from, to, bandwidth }
}

/** Thousandths of a decibel; JSON has no infinity and no NaN. */
function decibels(level: number): number | null {
  return Number.isFinite(level) ? Math.round(level * 1000) / 1000 : null
}

/** A thousandth of a bin: more digits would be noise. */
function rounded(frequency: number, step: number): number {
  const digits = Math.max(0, Math.min(12, 3 - Math.floor(Math.log10(Math.abs(step) || 1))))
  return Number(frequency.toFixed(digits))
}
