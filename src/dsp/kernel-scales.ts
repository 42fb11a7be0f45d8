// The scales that the kernel brings bins to, in its code.

import { decibels, FLOOR } from './decibel-code.ts'
import { type Finish, NUMBER } from './kernel-passes.ts'
import { type FunctionCode, int, type MultiplyAdd, vector } from './wasm.ts'

export const SCALES = ['complex', 'magnitude', 'power', 'db'] as const
export type Scale = (typeof SCALES)[number]

/** Bytes of a bin in the output: a float32, or two. */
export function binBytes(scale: Scale): number {
  return scale === 'complex' ? NUMBER : NUMBER / 2
}

/** What becomes of four bins; `sums` is where those of all powers are kept. */
export function finishing(scale: Scale, sums: number, arithmetic: MultiplyAdd): (f: FunctionCode) => Finish {
  switch (scale) {
    case 'complex':
      return asNumbers
    case 'db':
      return f => inDecibels(f, sums, arithmetic)
    default:
      return f => ({
        put(address, offset, { re, im }) {
          const power = arithmetic.add(im, im, vector.multiply(re, re))
          f.store(address, offset, scale === 'power' ? power : vector.squareRoot(power))
        },
      })
  }
}

function asNumbers(f: FunctionCode): Finish {
  return {
    put(address, offset, { re, im }) {
      f.store(address, offset, vector.pick(re, im, [0, 4, 1, 5]))
      f.store(address, offset + 16, vector.pick(re, im, [2, 6, 3, 7]))
    },
  }
}

/** The logarithm of what is not finite would be a number like any other: the sums tell of it. */
function inDecibels(f: FunctionCode, sums: number, arithmetic: MultiplyAdd): Finish {
  const sum = f.vector(vector.load(int.value(0), sums))
  return {
    put(address, offset, { re, im }) {
      const power = f.keep(arithmetic.add(im, im, arithmetic.add(re, re, vector.value(FLOOR))))
      f.set(sum, vector.add(sum.get, power))
      f.store(address, offset, decibels(f, power, arithmetic))
    },
    end: () => f.store(int.value(0), sums, sum.get),
  }
}
