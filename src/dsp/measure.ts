// Measurements on a spectrum: peaks, the noise floor, the power of a channel, the bandwidth that a signal occupies.

import type { FrequencyAxis } from './frequency-axis.ts'
import type { Lobe, LobePlace } from './window-lobe.ts'

export interface Peak {
  readonly bin: number
  /** Hz, between bins where the shape of the peak says so. */
  readonly frequency: number
  /** In decibels, at that frequency. */
  readonly level: number
}

export interface PeakOptions {
  /** The greatest so many. */
  readonly count: number
  /** Decibels that a peak has at least. */
  readonly least?: number
  /** Bins on both sides that must be lower. */
  readonly apart?: number
  /** The main lobe of the window, which says what a tone between two bins looks like; without, a peak is a parabola. */
  readonly lobe?: Lobe
}

type Decibels = ArrayLike<number>

/** The greatest bins that are greater than those beside them, the greatest first. NaN and infinities are no levels. */
export function peaksOf(
  levels: Decibels,
  axis: FrequencyAxis,
  { count, least, apart = 1, lobe }: PeakOptions,
): readonly Peak[] {
  const found: Peak[] = []
  for (let bin = 0; bin < levels.length; bin++) {
    const level = levels[bin] ?? Number.NaN
    if (!Number.isFinite(level) || (least !== undefined && level < least) || !isPeak(levels, bin, apart)) continue
    found.push({ bin, frequency: bin, level })
  }
  return found
    .sort((a, b) => b.level - a.level)
    .slice(0, count)
    .map(({ bin, level }) => {
      const { shift, gain } = topOf(levels, bin, lobe)
      return { bin, frequency: axis.start + (bin + shift) * axis.step, level: level + gain }
    })
}

/** Of equal bins side by side the first is the peak. */
function isPeak(levels: Decibels, bin: number, apart: number): boolean {
  const level = levels[bin] ?? 0
  for (let k = Math.max(0, bin - apart); k <= Math.min(levels.length - 1, bin + apart); k++) {
    const other = levels[k] ?? 0
    if (k < bin ? other >= level : other > level) return false
  }
  return true
}

/** Where the top lies, -½ … ½ bins away, and how much higher it is; at the ends, and beside no power, in the bin itself. */
function topOf(levels: Decibels, bin: number, lobe: Lobe | undefined): LobePlace {
  const [before, level, after] = [levels[bin - 1], levels[bin], levels[bin + 1]]
  const none = { shift: 0, gain: 0 }
  if (before === undefined || level === undefined || after === undefined) return none
  if (!Number.isFinite(before + level + after)) return none
  if (lobe) return lobe(before, after)
  const curve = before - 2 * level + after
  const shift = (before - after) / (2 * curve)
  return curve < 0 && Math.abs(shift) <= 0.5 ? { shift, gain: ((after - before) * shift) / 4 } : none
}

/** The mean of the decibels without the lowest fifth: what is left when a filter has cut the ends of the band away. */
export function noiseFloor(levels: Decibels): number {
  const sorted = Float64Array.from(levels).filter(Number.isFinite).sort()
  const rest = sorted.subarray(Math.floor(sorted.length / 5))
  return rest.reduce((sum, level) => sum + level, 0) / rest.length
}

/**
 * Decibels of the sum of the powers of bins from one to another, both included. With a window each bin holds power of its
 * neighbours, too: `noiseBandwidth` bins of it (1 where the levels are densities).
 */
export function channelPower(levels: Decibels, from: number, to: number, noiseBandwidth = 1): number {
  return 10 * Math.log10(powerOf(levels, from, to) / noiseBandwidth)
}

export interface BandOptions {
  /** Bins of noise that each bin holds, as for `channelPower`. */
  readonly noiseBandwidth?: number
  /** The levels are densities. */
  readonly perHertz?: boolean
}

/** Decibels of the power between two frequencies; of a bin that they cut, its share. -Infinity where there is none. */
export function bandPower(
  levels: Decibels,
  { start, step }: FrequencyAxis,
  { from, to }: { readonly from: number; readonly to: number },
  { noiseBandwidth = 1, perHertz = false }: BandOptions = {},
): number {
  const [low, high] = [(from - start) / step, (to - start) / step]
  const first = Math.max(0, Math.ceil(low - 0.5))
  const last = Math.min(levels.length - 1, Math.floor(high + 0.5))
  let sum = 0
  for (let bin = first; bin <= last; bin++) {
    const share = Math.min(high, bin + 0.5) - Math.max(low, bin - 0.5)
    if (share > 0) sum += share * powerOf(levels, bin, bin)
  }
  return 10 * Math.log10((sum * (perHertz ? step : 1)) / noiseBandwidth)
}

function powerOf(levels: Decibels, from: number, to: number): number {
  let sum = 0
  for (let bin = Math.max(0, from); bin <= Math.min(levels.length - 1, to); bin++) {
    const power = 10 ** ((levels[bin] ?? 0) / 10)
    if (!Number.isNaN(power)) sum += power
  }
  return sum
}

export interface OccupiedBand {
  /** Hz of the lowest and the highest bin, with half a bin on each side. */
  readonly from: number
  readonly to: number
  readonly bandwidth: number
}

/** What holds a share of all power (0.99), with as much of the rest below as above it: ITU-R SM.328. */
export function occupiedBand(levels: Decibels, { start, step }: FrequencyAxis, share: number): OccupiedBand {
  const rest = ((1 - share) / 2) * powerOf(levels, 0, levels.length - 1)
  const first = binWithSum(levels, rest, { from: 0, by: 1 })
  const last = binWithSum(levels, rest, { from: levels.length - 1, by: -1 })
  const from = start + (first - 0.5) * step
  const to = start + (last + 0.5) * step
  return { from, to, bandwidth: to - from }
}

/** The first bin, counted from one end, at which the sum of the powers is greater by more than rounding. */
function binWithSum(
  levels: Decibels,
  sum: number,
  { from, by }: { readonly from: number; readonly by: 1 | -1 },
): number {
  let seen = 0
  for (let bin = from; bin >= 0 && bin < levels.length; bin += by) {
    seen += powerOf(levels, bin, bin)
    if (seen > sum * (1 + 1e-9)) return bin
  }
  return from
}
