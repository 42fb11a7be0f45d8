// The scales that the kernel brings bins to, in its code.

import { decibels, FLOOR } from './decibel-code.ts'
import { type Finish, NUMBER } from './kernel-passes.ts'
import { FunctionCode, int, type MultiplyAdd, vector } from './wasm.ts'

export const SCALES = ['complex', 'magnitude', 'power', 'db'] as const
export type Scale = (typeof SCALES)[number]

/** Of a vector. */
const BYTES = 16

/** Bytes of a bin in the output: a float32, or two. */
export function binBytes(scale: Scale): number {
  return scale === 'complex' ? NUMBER : NUMBER / 2
}

/** What becomes of four bins; of the scale `db` not all yet. */
export function finishing(scale: Scale, arithmetic: MultiplyAdd): (f: FunctionCode) => Finish {
  switch (scale) {
    case 'complex':
      return asNumbers
    case 'db':
      return powers(arithmetic)
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

/** Powers, each a little above 0: the logarithms of a whole row are another pass, which then has registers for its constants. */
function powers(arithmetic: MultiplyAdd): (f: FunctionCode) => Finish {
  return f => ({
    put(address, offset, { re, im }) {
      f.store(address, offset, arithmetic.add(im, im, arithmetic.add(re, re, vector.value(FLOOR))))
    },
  })
}

/**
 * `(base, row)`: so many bytes of powers become decibels: vectors, and one power more where there is one. The logarithm of what is
 * not finite would be a number like any other: the sums tell of it. One vector a turn, because more would not fit the registers.
 */
export function decibelPass(bytes: number, sums: number, arithmetic: MultiplyAdd): FunctionCode {
  const f = new FunctionCode(2)
  const [base, row] = [f.parameter(0), f.parameter(1)]
  const rest = bytes % BYTES
  const end = f.int(int.add(row.get, int.value(bytes - rest)))
  const sum = f.vector(vector.load(base.get, sums))
  f.loop(() => {
    const power = f.keep(vector.load(row.get, 0))
    f.set(sum, vector.add(sum.get, power))
    f.store(row.get, 0, decibels(f, power, arithmetic))
    f.advance(row, BYTES)
    return int.isBelow(row.get, end.get)
  })
  if (rest > 0) {
    f.advance(row, rest - BYTES)
    const powers = f.keep(vector.load(row.get, 0))
    f.set(sum, vector.add(sum.get, powers))
    f.store(row.get, 0, vector.pick(powers, decibels(f, powers, arithmetic), [0, 1, 2, 7]))
  }
  f.store(base.get, sums, sum.get)
  return f
}
