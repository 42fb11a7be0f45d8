// The passes of the transform kernel: Stockham's self-sorting form with radix 4, in float32, four numbers at a time.
//
// As in mixed-radix.ts, decimation in frequency. Between the passes the numbers lie in units of 32 bytes: four real parts,
// then their four imaginary parts. Loads come in the order of the code and arithmetic where it is needed first, so a pass that
// loads little at once keeps everything in registers.

import { type Code, FunctionCode, int, type MultiplyAdd, vector } from './wasm.ts'

/** A complex number in bytes, and four of them. */
export const NUMBER = 8
const UNIT = 4 * NUMBER
const HALF_UNIT = UNIT / 2
/** A group's rotations: in the first pass those of its four outputs as a unit, then of three, each as a number. */
export const FIRST_ENTRY = UNIT
export const MIDDLE_ENTRY = 3 * NUMBER

/** Where a pass of so many numbers reads, writes and finds its rotations: addresses after its base, its first parameter. */
export interface Pass {
  readonly size: number
  readonly source: number
  readonly target: number
  readonly table: number
  readonly arithmetic: MultiplyAdd
}

/** Four complex numbers. */
export interface Numbers {
  readonly re: Code
  readonly im: Code
}

/** -i × a number whose parts lie side by side is its parts exchanged, times these. */
const MINUS_I = vector.value(1, -1, 1, -1)

export interface FirstPass extends Pass {
  /** Of the weights, two for each sample. */
  readonly window: number
}

/**
 * `(base, samples)`: weights the samples, whose parts lie side by side, and makes butterflies of the four quarters of the block. The
 * outputs of each are a unit: groups are four long from here on.
 */
export function firstPass({ size, window, target, table, arithmetic }: FirstPass): FunctionCode {
  const f = new FunctionCode(2)
  const [base, sample] = [f.parameter(0), f.parameter(1)]
  const weight = f.int(base.get)
  const put = f.int(base.get)
  const quarter = (size / 4) * NUMBER
  const end = f.int(int.add(base.get, int.value(quarter)))
  const weighted = (a: number, b: number) => {
    const first = f.keep(
      vector.multiply(vector.load(sample.get, a * quarter), vector.load(weight.get, window + a * quarter)),
    )
    const second = f.keep(vector.load(sample.get, b * quarter))
    const weights = f.keep(vector.load(weight.get, window + b * quarter))
    const sum = f.keep(arithmetic.add(second, weights, first))
    return { sum, apart: f.keep(arithmetic.subtract(second, weights, first)) }
  }
  f.loop(() => {
    const even = weighted(0, 2)
    const odd = weighted(1, 3)
    const turned = f.keep(vector.pick(odd.apart, odd.apart, [1, 0, 3, 2]))
    const outputs = [
      f.keep(vector.add(even.sum, odd.sum)),
      f.keep(arithmetic.add(turned, MINUS_I, even.apart)),
      f.keep(vector.subtract(even.sum, odd.sum)),
      f.keep(arithmetic.subtract(turned, MINUS_I, even.apart)),
    ] as const
    for (const half of [0, 1]) {
      const numbers = unitOf(f, outputs, half)
      const roots = loadUnit(f, put.get, table + half * FIRST_ENTRY)
      storeUnit(f, put.get, target + half * UNIT, rotated(arithmetic, numbers, roots))
    }
    f.advance(sample, HALF_UNIT)
    f.advance(put, 2 * UNIT)
    f.advance(weight, HALF_UNIT)
    return int.isBelow(weight.get, end.get)
  })
  return f
}

/** The first or the second numbers of four vectors of two each, as a unit. */
function unitOf(f: FunctionCode, [a, b, c, d]: readonly [Code, Code, Code, Code], half: number): Numbers {
  const lanes = half === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]
  const low = f.keep(vector.pick(a, b, lanes))
  const high = f.keep(vector.pick(c, d, lanes))
  return { re: f.keep(vector.pick(low, high, [0, 1, 4, 5])), im: f.keep(vector.pick(low, high, [2, 3, 6, 7])) }
}

export interface MiddlePass extends Pass {
  /** Numbers a group: 4, 16 … */
  readonly stride: number
}

/** `(base)`: butterflies of the four quarters, rotated by what their group wants. */
export function middlePass({ size, stride, source, target, table, arithmetic }: MiddlePass): FunctionCode {
  const f = new FunctionCode(1)
  const base = f.parameter(0)
  const at = f.int(base.get)
  const put = f.int(base.get)
  const entry = f.int(base.get)
  const group = stride * NUMBER
  const end = f.int(int.add(base.get, int.value((size / stride / 4) * MIDDLE_ENTRY)))
  f.loop(() => {
    const roots = [0, 1, 2].map(k => ({
      re: f.keep(vector.loadOne(entry.get, table + k * NUMBER)),
      im: f.keep(vector.loadOne(entry.get, table + k * NUMBER + NUMBER / 2)),
    }))
    const butterflies = (units: number) => {
      for (let unit = 0; unit < units; unit++) {
        const outputs = butterfly4(f, at.get, source + unit * UNIT, (size / 4) * NUMBER)
        for (const [k, output] of outputs.entries()) {
          const root = roots[k - 1]
          const numbers = root ? rotated(arithmetic, output, root) : output
          storeUnit(f, put.get, target + unit * UNIT + k * group, numbers)
        }
      }
      f.advance(at, units * UNIT)
      f.advance(put, units * UNIT)
    }
    if (group === UNIT) butterflies(1)
    else {
      const end = f.int(int.add(at.get, int.value(group)))
      f.loop(() => {
        butterflies(2)
        return int.isBelow(at.get, end.get)
      })
    }
    f.advance(put, 3 * group)
    f.advance(entry, MIDDLE_ENTRY)
    return int.isBelow(entry.get, end.get)
  })
  return f
}

export interface LastPass extends Omit<Pass, 'table' | 'target'> {
  readonly radix: 2 | 4
  /** Bin 0 is in the middle of the output. */
  readonly shift: boolean
  /** Bytes of a bin in the output. */
  readonly binBytes: number
  /** What becomes of the bins of one block. */
  finish(f: FunctionCode): Finish
}

export interface Finish {
  /** Brings four bins to their scale and stores them. */
  put(address: Code, offset: number, bins: Numbers): void
  /** After the last of them. */
  end?(): void
}

/** `(base, output)`: butterflies of what is left, four or two parts, without rotations: their outputs are bins. */
export function lastPass({ size, radix, source, shift, binBytes, finish }: LastPass): FunctionCode {
  const f = new FunctionCode(2)
  const [base, output] = [f.parameter(0), f.parameter(1)]
  const at = f.int(base.get)
  const apart = (size / radix) * NUMBER
  const end = f.int(int.add(base.get, int.value(apart)))
  const finished = finish(f)
  f.loop(() => {
    const outputs = radix === 4 ? butterfly4(f, at.get, source, apart) : butterfly2(f, at.get, source, apart)
    for (const [k, bins] of outputs.entries()) {
      const place = shift ? (k + radix / 2) % radix : k
      finished.put(output.get, place * (size / radix) * binBytes, bins)
    }
    f.advance(at, UNIT)
    f.advance(output, 4 * binBytes)
    return int.isBelow(at.get, end.get)
  })
  finished.end?.()
  return f
}

function butterfly2(f: FunctionCode, address: Code, offset: number, apart: number): readonly Numbers[] {
  const a = loadUnit(f, address, offset)
  const b = loadUnit(f, address, offset + apart)
  return [sum(f, a, b), difference(f, a, b)]
}

/** The transform of four parts, each so many bytes behind the other. */
function butterfly4(f: FunctionCode, address: Code, offset: number, apart: number): readonly Numbers[] {
  const a = loadUnit(f, address, offset)
  const b = loadUnit(f, address, offset + apart)
  const c = loadUnit(f, address, offset + 2 * apart)
  const d = loadUnit(f, address, offset + 3 * apart)
  const even = { sum: sum(f, a, c), apart: difference(f, a, c) }
  const odd = { sum: sum(f, b, d), apart: difference(f, b, d) }
  // The odd difference times -i.
  const plus = vector.add
  const minus = vector.subtract
  return [
    sum(f, even.sum, odd.sum),
    { re: f.keep(plus(even.apart.re, odd.apart.im)), im: f.keep(minus(even.apart.im, odd.apart.re)) },
    difference(f, even.sum, odd.sum),
    { re: f.keep(minus(even.apart.re, odd.apart.im)), im: f.keep(plus(even.apart.im, odd.apart.re)) },
  ]
}

function sum(f: FunctionCode, a: Numbers, b: Numbers): Numbers {
  return { re: f.keep(vector.add(a.re, b.re)), im: f.keep(vector.add(a.im, b.im)) }
}

function difference(f: FunctionCode, a: Numbers, b: Numbers): Numbers {
  return { re: f.keep(vector.subtract(a.re, b.re)), im: f.keep(vector.subtract(a.im, b.im)) }
}

function rotated({ add, subtract }: MultiplyAdd, { re, im }: Numbers, root: Numbers): Numbers {
  return {
    re: subtract(im, root.im, vector.multiply(re, root.re)),
    im: add(im, root.re, vector.multiply(re, root.im)),
  }
}

function loadUnit(f: FunctionCode, address: Code, offset: number): Numbers {
  return { re: f.keep(vector.load(address, offset)), im: f.keep(vector.load(address, offset + HALF_UNIT)) }
}

function storeUnit(f: FunctionCode, address: Code, offset: number, { re, im }: Numbers): void {
  f.store(address, offset, re)
  f.store(address, offset + HALF_UNIT, im)
}
