// Real samples in the kernel: two are taken for a complex one, and the bins of that are taken apart again.
//
// Z[k] holds E[k] + i O[k], the transforms of the even and of the odd samples. With Z[half - k] both can be told apart, and the
// bins are E[k] + w^k O[k]: see fft.ts.

import type { Finish } from './kernel-passes.ts'
import { FunctionCode, int, type MultiplyAdd, vector } from './wasm.ts'

/** Bytes of four float32. */
const FOUR = 16
const FLOAT = 4

/** Addresses after a base: real and imaginary parts of Z as two rows, and for each bin its root and what it is multiplied with. */
export interface Planes {
  readonly re: number
  readonly im: number
  readonly rootsRe: number
  readonly rootsIm: number
  readonly factors: number
}

/** Of a row of half + 1 numbers: four more are read behind it and before it. */
export function planesOf(half: number, take: (bytes: number) => number): Planes {
  const row = () => take(2 * 64 + (half + 1) * FLOAT + FOUR) + 64
  return { re: row(), im: row(), rootsRe: row(), rootsIm: row(), factors: row() }
}

/** The last pass leaves its bins in the planes: its output address is that of the real parts. */
export function intoPlanes({ re, im }: Planes): (f: FunctionCode) => Finish {
  return f => ({
    put(address, offset, bins) {
      f.store(address, offset, bins.re)
      f.store(address, offset + im - re, bins.im)
    },
  })
}

export interface UntanglePass {
  readonly half: number
  readonly planes: Planes
  /** Bytes of a bin in the output. */
  readonly binBytes: number
  readonly arithmetic: MultiplyAdd
  finish(f: FunctionCode): Finish
}

/** `(base, output)`: half + 1 bins, four at a time; the last four are done with three of those before them. */
export function untanglePass({ half, planes, binBytes, arithmetic, finish }: UntanglePass): FunctionCode {
  const f = new FunctionCode(2)
  const [base, output] = [f.parameter(0), f.parameter(1)]
  const after = (bytes: number) => int.add(base.get, int.value(bytes))
  const at = f.int(base.get)
  const last = f.int(after(half * FLOAT))
  // An address of its own: it goes below that of the row, and offsets are not negative.
  const mirrored = f.int(after(planes.re + (half - 3) * FLOAT))
  // The bin behind the last is the first again.
  for (const plane of [planes.re, planes.im]) {
    f.store(after(half * FLOAT), plane, vector.load(base.get, plane))
  }
  const { put, end } = finish(f)
  const four = () => {
    const here = (plane: number) => f.keep(vector.load(at.get, plane))
    const there = (plane: number) => {
      const numbers = f.keep(vector.load(mirrored.get, plane - planes.re))
      return f.keep(vector.pick(numbers, numbers, [3, 2, 1, 0]))
    }
    const [re, im, mirroredRe, mirroredIm] = [here(planes.re), here(planes.im), there(planes.re), there(planes.im)]
    const oddRe = f.keep(vector.add(im, mirroredIm))
    const oddIm = f.keep(vector.subtract(mirroredRe, re))
    const [rootRe, rootIm, factor] = [here(planes.rootsRe), here(planes.rootsIm), here(planes.factors)]
    const evenRe = arithmetic.add(oddRe, rootRe, vector.add(re, mirroredRe))
    const evenIm = arithmetic.add(oddRe, rootIm, vector.subtract(im, mirroredIm))
    put(output.get, 0, {
      re: f.keep(vector.multiply(arithmetic.subtract(oddIm, rootIm, evenRe), factor)),
      im: f.keep(vector.multiply(arithmetic.add(oddIm, rootRe, evenIm), factor)),
    })
  }
  const advance = (bins: number) => {
    f.advance(at, bins * FLOAT)
    f.advance(mirrored, -bins * FLOAT)
    f.advance(output, bins * binBytes)
  }
  f.loop(() => {
    four()
    advance(4)
    return int.isBelow(at.get, last.get)
  })
  advance(-3)
  four()
  end?.()
  return f
}
