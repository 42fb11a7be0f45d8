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
  /** Decibels of the noise; without, a peak may be as low as it will. */
  readonly floor?: number
  /** Decibels that a peak stands above the noise at least. */
  readonly above?: number
  /** The main lobe of the window, which says how wide a tone is, and what one between two bins looks like; without, a parabola. */
  readonly lobe?: Lobe
}

type Decibels = ArrayLike<number>

/** Decibels by which a peak stands out, as spectrum analysers have it at first. */
const EXCURSION = 6

/**
 * The greatest peaks, the greatest first. A peak is a bin
 * - that stands `above` the noise,
 * - from which the levels fall by 6 dB (by `above`, where that is less) on both sides before they rise over it: the peak
 *   excursion of spectrum analysers, or topographic prominence; beyond the first and the last bin they have fallen,
 * - with none greater so near that it lies within the main lobe of the window.
 *
 * Of equal bins the first is the peak. NaN is no level, and infinity none that is listed.
 */
export function peaksOf(
  levels: Decibels,
  axis: FrequencyAxis,
  { count, floor = Number.NEGATIVE_INFINITY, above = EXCURSION, lobe }: PeakOptions,
): readonly Peak[] {
  const reach = lobe ? Math.ceil(lobe.width) - 1 : 0
  const levelOf = (bin: number) => levels[bin] ?? Number.NaN
  return prominentBins(levels, Math.max(0, Math.min(EXCURSION, above)))
    .filter(bin => Number.isFinite(levelOf(bin)) && !(levelOf(bin) < floor + above))
    .filter(bin => isGreatest(levels, bin, reach))
    .sort((a, b) => levelOf(b) - levelOf(a))
    .slice(0, count)
    .map(bin => {
      const { shift, gain } = topOf(levels, bin, lobe)
      return { bin, frequency: axis.start + (bin + shift) * axis.step, level: levelOf(bin) + gain }
    })
}

/** The greatest bin of each rise that is followed by as much of a fall, in one pass. */
function prominentBins(levels: Decibels, excursion: number): readonly number[] {
  const found: number[] = []
  let going: 'up' | 'down' = 'up'
  /** The greatest bin since it goes up. */
  let top: number | undefined
  /** The greatest level since it goes up, the least since it goes down. */
  let extreme = Number.NaN
  for (let bin = 0; bin < levels.length; bin++) {
    const level = levels[bin] ?? Number.NaN
    if (Number.isNaN(level)) continue
    if (going === 'down' && level < extreme) extreme = level
    else if (going === 'up' && !(level <= extreme)) {
      top = bin
      extreme = level
    } else if (level !== extreme && Math.abs(level - extreme) >= excursion) {
      if (going === 'up' && top !== undefined) found.push(top)
      going = going === 'up' ? 'down' : 'up'
      top = bin
      extreme = level
    }
  }
  return going === 'up' && top !== undefined ? [...found, top] : found
}

/** Of the bins so near; of equal ones the first is. */
function isGreatest(levels: Decibels, bin: number, reach: number): boolean {
  const level = levels[bin] ?? Number.NaN
  for (let k = Math.max(0, bin - reach); k <= Math.min(levels.length - 1, bin + reach); k++) {
    const other = levels[k] ?? Number.NaN
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
  if (lobe) return lobe.placeOf(before, after)
  const curve = before - 2 * level + after
  const shift = (before - after) / (2 * curve)
  return curve < 0 && Math.abs(shift) <= 0.5 ? { shift, gain: ((after - before) * shift) / 4 } : none
}

/** The mean of the decibels without the lowest fifth: what is left when a filter has cut the ends of the band away. */
export function noiseFloor(levels: Decibels): number {
  const finite = new Float64Array(levels.length)
  let count = 0
  for (let bin = 0; bin < levels.length; bin++) {
    const level = levels[bin] ?? Number.NaN
    if (Number.isFinite(level)) finite[count++] = level
  }
  const lowest = Math.floor(count / 5)
  const numbers = finite.subarray(0, count)
  putLeastFirst(numbers, lowest)
  let sum = 0
  for (let at = lowest; at < count; at++) sum += numbers[at] ?? 0
  return sum / (count - lowest)
}

/**
 * The `count` least numbers come before all others, in any order: Hoare's FIND, a tenth of the time of sorting. Places to part
 * them at are drawn, because there are spectra in which every rule finds the worst ones.
 */
function putLeastFirst(numbers: Float64Array, count: number): void {
  let [left, right, drawn] = [0, numbers.length - 1, 1]
  while (left < right) {
    drawn = (drawn * 16807) % 0x7fffffff
    const pivot = numbers[left + (drawn % (right - left + 1))] ?? 0
    let [low, high] = [left, right]
    while (low <= high) {
      while ((numbers[low] ?? pivot) < pivot) low++
      while ((numbers[high] ?? pivot) > pivot) high--
      if (low > high) break
      const number = numbers[low] ?? 0
      numbers[low++] = numbers[high] ?? 0
      numbers[high--] = number
    }
    if (count <= high) right = high
    else if (count >= low) left = low
    else return
  }
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
    if (share > 0) sum += share * powerAt(levels[bin] ?? 0)
  }
  return 10 * Math.log10((sum * (perHertz ? step : 1)) / noiseBandwidth)
}

/** A decibel of power as natural logarithm: powers of ten take several times as long. */
const DECIBEL = Math.LN10 / 10

function powerOf(levels: Decibels, from: number, to: number): number {
  let sum = 0
  for (let bin = Math.max(0, from); bin <= Math.min(levels.length - 1, to); bin++) {
    sum += powerAt(levels[bin] ?? 0)
  }
  return sum
}

/** NaN is no power. */
function powerAt(level: number): number {
  const power = Math.exp(level * DECIBEL)
  return Number.isNaN(power) ? 0 : power
}

export interface OccupiedBand {
  /** Hz of the lowest and the highest bin, with half a bin on each side. */
  readonly from: number
  readonly to: number
  readonly bandwidth: number
}

/** What holds a share of all power (0.99), with as much of the rest below as above it: ITU-R SM.328. */
export function occupiedBand(levels: Decibels, { start, step }: FrequencyAxis, share: number): OccupiedBand {
  const powers = new Float64Array(levels.length)
  let sum = 0
  for (let bin = 0; bin < powers.length; bin++) {
    const power = powerAt(levels[bin] ?? 0)
    powers[bin] = power
    sum += power
  }
  const rest = ((1 - share) / 2) * sum
  const first = binWithSum(powers, rest, { from: 0, by: 1 })
  const last = binWithSum(powers, rest, { from: levels.length - 1, by: -1 })
  const from = start + (first - 0.5) * step
  const to = start + (last + 0.5) * step
  return { from, to, bandwidth: to - from }
}

/** The first bin, counted from one end, at which the sum of the powers is greater by more than rounding. */
function binWithSum(
  powers: Float64Array,
  sum: number,
  { from, by }: { readonly from: number; readonly by: 1 | -1 },
): number {
  let seen = 0
  for (let bin = from; bin >= 0 && bin < powers.length; bin += by) {
    seen += powers[bin] ?? 0
    if (seen > sum * (1 + 1e-9)) return bin
  }
  return from
}
