// Decibels of powers, in the code of the kernel: 10 log10 by a polynomial, four numbers at a time.

import { type Code, type FunctionCode, type MultiplyAdd, ofBits, vector } from './wasm.ts'

/** Added to every power, so that no power at all is -379.3 dB and not an infinity: the least normal float32. */
export const FLOOR = 2 ** -126

const PER_OCTAVE = 10 * Math.log10(2)
const ONE = 0x3f800000
const MANTISSA = 0x007fffff

/**
 * 10 log2(m) / log2(10) less its chord, for m in 1 … 2, from the constant up: zero at both ends, so that octaves join. By
 * weighted least squares until the error was even; it is at most 7e-6, which is the distance of two float32 at 100 dB.
 */
const POLYNOMIAL = [
  -6.152393633972146, 15.434196819723041, -16.14665371958188, 9.945901895960985, -3.8366442678941026,
  0.8333824367947251, -0.07778953103062275,
]

/**
 * The bits of a float32, as an integer, are its logarithm to the base 2 with the chord of each octave for the curve: what is
 * left is the polynomial. Powers are above 0 and finite.
 */
export function decibels(f: FunctionCode, power: Code, { add }: MultiplyAdd): Code {
  const constant = (value: number) => vector.value(value)
  const chord = vector.toFloat(vector.subtractBits(power, constant(ofBits(ONE))))
  const mantissa = f.keep(vector.or(vector.and(power, constant(ofBits(MANTISSA))), constant(ofBits(ONE))))
  const [lowest = 0, ...upper] = POLYNOMIAL
  const start = add(chord, constant(PER_OCTAVE / 2 ** 23), constant(lowest))
  const curve = upper.reduceRight<Code | undefined>(
    (sum, coefficient) => f.keep(sum === undefined ? constant(coefficient) : add(sum, mantissa, constant(coefficient))),
    undefined,
  )
  return add(curve ?? constant(0), mantissa, start)
}

/** The same in float64, and of what is not finite, too. */
export function decibelsOf(power: number): number {
  return 10 * Math.log10(power + FLOOR)
}
