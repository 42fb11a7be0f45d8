// A spectrum as levels: decibels, bin by bin from the lowest frequency on, whatever its packet has it in.

import type { Meta, Packet } from '../packet.ts'
import { type FrequencyAxis, numberIn } from './frequency-axis.ts'
import type { Numbers } from './samples.ts'
import { type Spectrum, spectrumOf } from './spectrum-levels.ts'
import type { SpectrumScale } from './spectrum-meta.ts'
import { parseWindow, type Window } from './window.ts'

export interface LevelSpectrum {
  /** Decibels; -Infinity where there is no power, NaN where there is no number. */
  readonly levels: Float32Array | Float64Array
  /** Hz, or bins where the packet does not tell its frequencies. */
  readonly axis: FrequencyAxis
  readonly axisUnit: 'Hz' | 'bins'
  /** Of the levels: `dBm`, `dBFS`, `dBV/Hz`. */
  readonly unit: string
  /** The levels are densities, by the hertz. */
  readonly density: boolean
  /** How many bins of noise each bin holds: its window's equivalent noise bandwidth, 1 of a density. */
  readonly noiseBandwidth: number
  /** What the samples were weighted with, where the packet says so. */
  readonly window: Window | undefined
  /** Samples of the transform. */
  readonly size: number
}

/** The spectra of a packet, one for each of its rows; nothing where its data is not a whole spectrum. */
export function levelSpectra({ meta, data }: Packet): readonly LevelSpectrum[] | undefined {
  const spectrum = spectrumOf(data, meta)
  if (!spectrum || spectrum.bins === 0) return undefined
  const { rows, bins, scale, size, zero, oneSided } = spectrum
  const decibels = toDecibels(spectrum)
  const rotated = !oneSided && zero === 0 && meta['order'] === 'transform'
  const below = rotated ? Math.floor(bins / 2) : 0
  const density = scale === 'psd'
  const shared = {
    ...axisFrom(spectrum, below),
    unit: levelUnit(scale, textIn(meta, 'unit') ?? ''),
    density,
    noiseBandwidth: density ? 1 : (numberIn(meta['enbw']) ?? 1),
    window: windowIn(meta),
    size,
  }
  return Array.from({ length: rows }, (_, row) => {
    const levels = decibels.subarray(row * bins, (row + 1) * bins)
    return { ...shared, levels: below > 0 ? rotate(levels, below) : levels }
  })
}

/** Bin by bin they tell of the same frequencies, in the same unit. */
export function isSameForm(a: LevelSpectrum, b: LevelSpectrum): boolean {
  const { start, step } = a.axis
  return start === b.axis.start && step === b.axis.step && a.levels.length === b.levels.length && a.unit === b.unit
}

function axisFrom({ axis }: Spectrum, below: number): Pick<LevelSpectrum, 'axis' | 'axisUnit'> {
  if (!axis) return { axis: { start: -below, step: 1 }, axisUnit: 'bins' }
  return { axis: { start: axis.start - below * axis.step, step: axis.step }, axisUnit: 'Hz' }
}

/** The last bins, those of negative frequencies, come first. */
function rotate(levels: Numbers, below: number): Numbers {
  const turned = levels.slice()
  turned.set(levels.subarray(levels.length - below), 0)
  turned.set(levels.subarray(0, levels.length - below), below)
  return turned
}

function toDecibels({ numbers, scale }: Spectrum): Numbers {
  if (scale === 'db') return numbers
  if (scale === 'complex') {
    const levels = numbers.slice(0, numbers.length / 2)
    return levels.map((_, k) => 10 * Math.log10((numbers[2 * k] ?? 0) ** 2 + (numbers[2 * k + 1] ?? 0) ** 2))
  }
  const factor = scale === 'magnitude' ? 20 : 10
  for (let k = 0; k < numbers.length; k++) numbers[k] = factor * Math.log10(numbers[k] ?? 0)
  return numbers
}

/** What decibels of a unit are called: of V² dBV, of mW dBm, of FS²/Hz dBFS/Hz. */
export function levelUnit(scale: SpectrumScale, unit: string): string {
  if (scale === 'db') return unit === '' ? 'dB' : unit
  const [, base = unit, per = ''] = /^(.*?)(\/Hz)?$/.exec(unit) ?? []
  if (base === 'mW' || base === '√mW') return `dBm${per}`
  const amplitude = base.endsWith('²') ? base.slice(0, -1) : base
  return `dB${amplitude}${per}`
}

function windowIn(meta: Meta): Window | undefined {
  const text = textIn(meta, 'window')
  try {
    return text === undefined ? undefined : parseWindow(text)
  } catch {
    // A window of somebody else's making: measured without.
    return undefined
  }
}

function textIn(meta: Meta, key: string): string | undefined {
  const value = meta[key]
  return typeof value === 'string' ? value : undefined
}
