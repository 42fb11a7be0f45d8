// Numbers with units as people read them: 98.100 MHz, -12.5 kHz, 40 ms.

interface Prefix {
  readonly factor: number
  readonly symbol: string
}

const PREFIXES: readonly Prefix[] = [
  { factor: 1e12, symbol: 'T' },
  { factor: 1e9, symbol: 'G' },
  { factor: 1e6, symbol: 'M' },
  { factor: 1e3, symbol: 'k' },
  { factor: 1, symbol: '' },
  { factor: 1e-3, symbol: 'm' },
  { factor: 1e-6, symbol: 'µ' },
  { factor: 1e-9, symbol: 'n' },
]
const NONE: Prefix = { factor: 1, symbol: '' }
const MOST_DECIMALS = 9

export interface Scaled {
  /** What a value is divided by. */
  readonly factor: number
  /** `MHz`. */
  readonly unit: string
  /** So many decimals that values a step apart look different. */
  readonly decimals: number
}

/** How values of up to a magnitude are written, with a step between them. Only `Hz` and `s` take prefixes. */
export function scaledFor(magnitude: number, step: number, unit: string): Scaled {
  const size = Math.abs(magnitude)
  const takesPrefix = unit === 'Hz' || unit === 's'
  // What rounds up to 1000 has the next prefix.
  const prefix = takesPrefix && size > 0 ? (PREFIXES.find(({ factor }) => size >= factor * 0.9999999) ?? NONE) : NONE
  return { factor: prefix.factor, unit: `${prefix.symbol}${unit}`, decimals: decimalsFor(step / prefix.factor) }
}

/** So many that a step shows: 1 of 0.5, 2 of 0.25 and 0.02, none of 20. */
export function decimalsFor(step: number): number {
  const size = Math.abs(step)
  if (!(size > 0) || !Number.isFinite(size)) return 0
  for (let decimals = Math.max(0, -Math.floor(Math.log10(size))); decimals < MOST_DECIMALS; decimals++) {
    const scaled = size * 10 ** decimals
    if (scaled >= 0.999999 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals
    if (scaled >= 10) return decimals
  }
  return MOST_DECIMALS
}

export function numberText(value: number, { factor, decimals }: Pick<Scaled, 'factor' | 'decimals'>): string {
  const text = (value / factor).toFixed(decimals)
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−')
}

/** `98.100 MHz`: with the decimals that a step of this size needs. */
export function quantityText(value: number, step: number, unit: string): string {
  const scaled = scaledFor(value, step, unit)
  return `${numberText(value, scaled)} ${scaled.unit}`.trim()
}
