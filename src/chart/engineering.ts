// Numbers as engineers write them: 98.1 MHz, 250 ms, 3.3 kV.

const PREFIXES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
  [1e-12, 'p'],
] as const

export interface Prefix {
  readonly factor: number
  readonly prefix: string
}

/** Decibels, shares and units that are not simple take no prefix: nobody writes kdB or k(m/s). */
export function prefixFor(magnitude: number, unit: string): Prefix {
  const plain = { factor: 1, prefix: '' }
  if (!takesPrefix(unit) || !(magnitude > 0) || !Number.isFinite(magnitude)) return plain
  const row = PREFIXES.find(([factor]) => magnitude >= factor * 0.9999999) ?? PREFIXES.at(-1)
  return row ? { factor: row[0], prefix: row[1] } : plain
}

function takesPrefix(unit: string): boolean {
  return /^(?:Hz|s|V|A|W|Pa|\u03a9|F|H|N|J|T|m|g|B|bit\/s)$/.test(unit)
}

/** A value with its unit; `step` says how fine: the distance of ticks, or of bins. */
export function engineering(value: number, unit: string, step: number): string {
  const { factor, prefix } = prefixFor(Math.abs(value), unit)
  const text = decimal(value / factor, step / factor)
  const full = `${prefix}${unit}`
  return full === '' ? text : `${text} ${full}`
}

const MOST_DECIMALS = 9

/** As many decimals as tell one step from the next, with a true minus. Very great and very small steps: exponents. */
export function decimal(value: number, step: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(step) || 1) + 1e-9)
  if (exponent < -MOST_DECIMALS || exponent > 15) return minus(value.toExponential(2))
  return minus(value.toFixed(Math.max(0, -exponent)))
}

function minus(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text.replace(/^-/, '−').replace('e-', 'e\u2212')
}
