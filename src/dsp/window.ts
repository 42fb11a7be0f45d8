// Windows: what a block of samples is weighted with before its transform, and what that does to a spectrum.

import { UsageError } from '../errors.ts'

export interface Window {
  readonly name: WindowName
  /** Of kaiser (beta) and gaussian (sigma, as a share of half the window's length). */
  readonly parameter: number
  /** Both ends are equal: for filters. Otherwise the window is one period, which is right for spectra. */
  readonly symmetric: boolean
}

export type WindowName =
  | 'rectangular'
  | 'hann'
  | 'hamming'
  | 'blackman'
  | 'blackman-harris'
  | 'flattop'
  | 'kaiser'
  | 'gaussian'

interface Row {
  readonly summary: string
  /** Weights of the cosines of 0, 1, 2 … periods, their signs alternating. */
  readonly cosines?: readonly number[]
  /** The default of the parameter. */
  readonly parameter?: number
  /** The weight at -1 … 1, where 0 is the middle. */
  shape?(position: number, parameter: number): number
}

/** Coefficients are those of NumPy and SciPy; blackman-harris has four terms, flattop five. */
export const WINDOWS: Readonly<Record<WindowName, Row>> = {
  rectangular: { summary: 'none: the narrowest line, and leakage everywhere', cosines: [1] },
  hann: { summary: 'for everything', cosines: [0.5, 0.5] },
  hamming: { summary: 'the first side lobe is low', cosines: [0.54, 0.46] },
  blackman: { summary: 'low side lobes', cosines: [0.42, 0.5, 0.08] },
  'blackman-harris': { summary: 'side lobes below -92 dB', cosines: [0.35875, 0.48829, 0.14128, 0.01168] },
  flattop: {
    summary: 'amplitudes are right between bins, too',
    cosines: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
  },
  kaiser: {
    summary: 'kaiser:BETA, more for lower side lobes',
    parameter: 8.6,
    shape: (position, beta) => bessel(beta * Math.sqrt(Math.max(0, 1 - position ** 2))) / bessel(beta),
  },
  gaussian: {
    summary: 'gaussian:SIGMA, the deviation as a share of half the length',
    parameter: 0.4,
    shape: (position, sigma) => Math.exp(-0.5 * (position / sigma) ** 2),
  },
}

const NAMES = Object.keys(WINDOWS).filter(isWindowName)

function isWindowName(text: string): text is WindowName {
  return Object.hasOwn(WINDOWS, text)
}

/** `hann`, `kaiser:14`, `gaussian:0.3`; with `,symmetric` behind it for equal ends. */
export function parseWindow(text: string): Window {
  const [, name = '', given, form] = /^([^:,]*)(?::([^:,]*))?(?:,([a-z]*))?$/.exec(text) ?? []
  if (!isWindowName(name)) throw new UsageError(`unknown window '${text}': expected ${NAMES.join(', ')}`)
  if (form !== undefined && form !== 'symmetric' && form !== 'periodic')
    throw new UsageError(`window '${text}': expected periodic or symmetric after the comma`)
  const usual = WINDOWS[name].parameter
  if (given !== undefined && usual === undefined) throw new UsageError(`window '${text}': ${name} has no parameter`)
  const parameter = given === undefined ? (usual ?? 0) : Number(given)
  const isRight = name === 'gaussian' ? parameter > 0 : parameter >= 0
  if (given === '' || !Number.isFinite(parameter) || !isRight || parameter > 700)
    throw new UsageError(`window '${text}': expected a number above 0 after the colon, for example ${name}:${usual}`)
  return { name, parameter, symmetric: form === 'symmetric' }
}

/** The text that `parseWindow` reads. */
export function windowText({ name, parameter, symmetric }: Window): string {
  const value = WINDOWS[name].parameter === undefined ? '' : `:${parameter}`
  return `${name}${value}${symmetric ? ',symmetric' : ''}`
}

/** The weights of a window of so many samples. A periodic window is a symmetric one of a sample more without its last. */
export function windowWeights({ name, parameter, symmetric }: Window, length: number): Float64Array {
  const weights = new Float64Array(length)
  if (length === 1) return weights.fill(1)
  const { cosines, shape } = WINDOWS[name]
  const last = symmetric ? length - 1 : length
  for (let n = 0; 2 * n <= last; n++) {
    const weight = cosines ? cosineSum(cosines, n / last) : (shape?.((2 * n) / last - 1, parameter) ?? 1)
    weights[n] = weight
    if (last - n < length) weights[last - n] = weight
  }
  return weights
}

function cosineSum(cosines: readonly number[], fraction: number): number {
  let sum = 0
  for (let k = 0; k < cosines.length; k++) {
    const part = (cosines[k] ?? 0) * Math.cos(2 * Math.PI * k * fraction)
    sum += k % 2 === 0 ? part : -part
  }
  return sum
}

/** The modified Bessel function of the first kind and order zero, by its power series: exact to the last digits. */
function bessel(x: number): number {
  const quarter = (x / 2) ** 2
  let term = 1
  let sum = 1
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / k ** 2
    sum += term
  }
  return sum
}

/** What a constant amplitude is multiplied with: the mean of the weights. */
export function coherentGain(weights: Float64Array): number {
  return sumOf(weights, weight => weight) / weights.length
}

/** Equivalent noise bandwidth in bins: how wide a rectangle lets as much noise through as one bin does. */
export function noiseBandwidth(weights: Float64Array): number {
  return (weights.length * sumOf(weights, weight => weight ** 2)) / sumOf(weights, weight => weight) ** 2
}

function sumOf(weights: Float64Array, value: (weight: number) => number): number {
  return weights.reduce((sum, weight) => sum + value(weight), 0)
}
