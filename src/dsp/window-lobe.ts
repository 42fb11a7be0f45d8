// The main lobe of a window: how wide a lone tone is, where between the bins it lies, and how strong it is there.

import { LruMap } from '../lru-map.ts'
import { type Window, windowText, windowWeights } from './window.ts'

/** Decibels above the bin's own level, and the distance from its middle in bins. */
export interface LobePlace {
  readonly shift: number
  readonly gain: number
}

/** In bins its lobe has nearly the same shape for every size from here on. */
const LARGE = 256
const STEPS = 64

export interface Lobe {
  /** Bins from the middle to the first zero. */
  readonly width: number
  /**
   * From the decibels of a bin's two neighbours to the tone's place in it. Their difference grows with the distance of the
   * tone from the middle, which makes it the table's key; exact for a lone tone without noise.
   */
  placeOf(before: number, after: number): LobePlace
}

/** Windows that packets may name without end, by their parameter; one that was forgotten is made again. */
const MOST_LOBES = 64

const known = new LruMap<string, Lobe>(MOST_LOBES)

export function lobeOf(window: Window, size: number): Lobe {
  const length = Math.min(size, LARGE)
  // Equal ends of many samples hardly matter, those of fewer would.
  const like = { ...window, symmetric: window.symmetric && size <= LARGE }
  const key = `${windowText(like)} ${length}`
  return known.getOrMake(key, () => makeLobe(windowWeights(like, length)))
}

function makeLobe(weights: Float64Array): Lobe {
  return { width: widthOf(weights), placeOf: placing(weights) }
}

/** No window's lobe is narrower than that of none, a bin; a flat top has ripples before that. */
function widthOf(weights: Float64Array): number {
  const step = 1 / 16
  let width = 1
  let level = responseAt(weights, width)
  for (let next = width + step; next <= weights.length / 2; next += step) {
    const further = responseAt(weights, next)
    if (further >= level) break
    width = next
    level = further
  }
  return width
}

function placing(weights: Float64Array): Lobe['placeOf'] {
  const middle = responseAt(weights, 0)
  const rows = Array.from({ length: STEPS + 1 }, (_, step) => {
    const shift = step / (2 * STEPS)
    const [before, level, after] = [-1, 0, 1].map(bin => responseAt(weights, bin - shift))
    return { shift, gain: middle - (level ?? 0), difference: (after ?? 0) - (before ?? 0) }
  })
  return (before, after) => {
    const difference = Math.abs(after - before)
    const next = rows.findIndex((row, at) => at > 0 && row.difference >= difference)
    const upper = rows[next] ?? rows.at(-1)
    const lower = rows[(next < 0 ? rows.length : next) - 1]
    if (!upper || !lower || Number.isNaN(difference)) return { shift: 0, gain: 0 }
    const span = upper.difference - lower.difference
    const part = next < 0 || !(span > 0) ? 0 : Math.max(0, difference - lower.difference) / span
    const shift = lower.shift + part * (upper.shift - lower.shift)
    return { shift: after < before ? -shift : shift, gain: lower.gain + part * (upper.gain - lower.gain) }
  }
}

/** Decibels of the window's transform, so many bins from its middle. */
function responseAt(weights: Float64Array, distance: number): number {
  let re = 0
  let im = 0
  for (const [n, weight] of weights.entries()) {
    const angle = (2 * Math.PI * distance * n) / weights.length
    re += weight * Math.cos(angle)
    im += weight * Math.sin(angle)
  }
  // Far below what single precision shows: a zero of a lobe is no infinity in the table.
  return 10 * Math.log10(Math.max(re * re + im * im, 1e-20))
}
