// The scales of a spectrum: what is made of a complex bin.

import { decibelsOf } from './decibel-code.ts'
import type { Scale } from './kernel-scales.ts'
import type { Numbers } from './samples.ts'

/** Numbers a bin: two of the scale `complex`. */
export function numbersPerBin(scale: Scale): number {
  return scale === 'complex' ? 2 : 1
}

/** Puts a bin at its place in a row, so many bins from the start of the array. */
export function putBin(to: Numbers, place: number, scale: Scale, re: number, im: number): void {
  if (scale === 'complex') {
    to[2 * place] = re
    to[2 * place + 1] = im
    return
  }
  to[place] = fromPower(re * re + im * im, scale)
}

export function fromPower(power: number, scale: Exclude<Scale, 'complex'>): number {
  switch (scale) {
    case 'db':
      return decibelsOf(power)
    case 'magnitude':
      return Math.sqrt(power)
    default:
      return power
  }
}
