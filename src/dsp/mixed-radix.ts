// The discrete Fourier transform of sizes with small prime factors: Stockham's self-sorting form, factor by factor.

import { type Complex, complex, rootsOfUnity } from './roots.ts'

/** Greater prime factors cost more than Bluestein's way around them. */
const GREATEST = 31

/** The factors of a size, fours first; nothing if one of them is too great. */
export function factorsOf(size: number): readonly number[] | undefined {
  const factors: number[] = []
  let rest = size
  for (let factor = 4; rest > 1; factor = factor === 4 ? 2 : factor === 2 ? 3 : factor + 2) {
    if (factor > GREATEST) return undefined
    for (; rest % factor === 0; rest /= factor) factors.push(factor)
  }
  return factors
}

/** One pass over all data: `count` groups whose elements lie `stride` apart become transforms of `radix`, rotated. */
interface Pass {
  readonly radix: number
  /** Groups: what is left of the size after this pass. */
  readonly count: number
  /** The product of the radices before. */
  readonly stride: number
}

/**
 * The forward transform, in place, of so many numbers; the factors are 2, 4 or odd. Indexes never leave their arrays: `?? 0` is only there because
 * the compiler cannot know.
 */
export function mixedRadix(size: number, factors: readonly number[]): (z: Complex) => void {
  const roots = rootsOfUnity(size)
  const passes: Pass[] = []
  for (let stride = 1, at = 0; at < factors.length; at++) {
    const radix = factors[at] ?? 1
    passes.push({ radix, stride, count: size / stride / radix })
    stride *= radix
  }
  const other = complex(size)
  return z => {
    let from = z
    let to = other
    for (const pass of passes) {
      const butterfly = pass.radix === 4 ? radix4 : pass.radix === 2 ? radix2 : oddRadix
      butterfly(pass, roots, from, to)
      const written = to
      to = from
      from = written
    }
    if (from === z) return
    z.re.set(from.re)
    z.im.set(from.im)
  }
}

function radix2({ count, stride }: Pass, roots: Complex, from: Complex, to: Complex): void {
  const half = count * stride
  for (let p = 0; p < count; p++) {
    const wr = roots.re[p * stride] ?? 0
    const wi = roots.im[p * stride] ?? 0
    for (let q = 0; q < stride; q++) {
      const a = q + stride * p
      const b = a + half
      const ar = from.re[a] ?? 0
      const ai = from.im[a] ?? 0
      const br = from.re[b] ?? 0
      const bi = from.im[b] ?? 0
      const at = q + 2 * stride * p
      to.re[at] = ar + br
      to.im[at] = ai + bi
      to.re[at + stride] = (ar - br) * wr - (ai - bi) * wi
      to.im[at + stride] = (ar - br) * wi + (ai - bi) * wr
    }
  }
}

function radix4({ count, stride }: Pass, roots: Complex, from: Complex, to: Complex): void {
  const { re, im } = from
  const quarter = count * stride
  for (let p = 0; p < count; p++) {
    const at = 4 * stride * p
    for (let q = 0; q < stride; q++) {
      const a = q + stride * p
      const sumR = (re[a] ?? 0) + (re[a + 2 * quarter] ?? 0)
      const sumI = (im[a] ?? 0) + (im[a + 2 * quarter] ?? 0)
      const apartR = (re[a] ?? 0) - (re[a + 2 * quarter] ?? 0)
      const apartI = (im[a] ?? 0) - (im[a + 2 * quarter] ?? 0)
      const oddSumR = (re[a + quarter] ?? 0) + (re[a + 3 * quarter] ?? 0)
      const oddSumI = (im[a + quarter] ?? 0) + (im[a + 3 * quarter] ?? 0)
      const oddApartR = (re[a + quarter] ?? 0) - (re[a + 3 * quarter] ?? 0)
      const oddApartI = (im[a + quarter] ?? 0) - (im[a + 3 * quarter] ?? 0)
      to.re[at + q] = sumR + oddSumR
      to.im[at + q] = sumI + oddSumI
      const root = p * stride
      putRotated(to, at + stride + q, apartR + oddApartI, apartI - oddApartR, roots, root)
      putRotated(to, at + 2 * stride + q, sumR - oddSumR, sumI - oddSumI, roots, 2 * root)
      putRotated(to, at + 3 * stride + q, apartR - oddApartI, apartI + oddApartR, roots, 3 * root)
    }
  }
}

/** Stores a number multiplied with a root. */
function putRotated(to: Complex, at: number, re: number, im: number, roots: Complex, root: number): void {
  const wr = roots.re[root] ?? 0
  const wi = roots.im[root] ?? 0
  to.re[at] = re * wr - im * wi
  to.im[at] = re * wi + im * wr
}

/** The pairs of an odd group: sums and differences of what lies mirrored around its first element. */
interface Pairs {
  readonly sums: Complex
  readonly differences: Complex
}

/**
 * The definition, for groups of an odd length: a pair has the same cosines, and sines that differ in their sign, so that one
 * multiplication serves two outputs.
 */
function oddRadix({ radix, count, stride }: Pass, roots: Complex, from: Complex, to: Complex): void {
  const { re, im } = from
  const half = (radix - 1) / 2
  const own = rootsOfUnity(radix)
  const pairs: Pairs = { sums: complex(half + 1), differences: complex(half + 1) }
  const { sums, differences } = pairs
  for (let p = 0; p < count; p++) {
    for (let q = 0; q < stride; q++) {
      const first = q + stride * p
      const apart = stride * count
      let totalR = re[first] ?? 0
      let totalI = im[first] ?? 0
      sums.re[0] = totalR
      sums.im[0] = totalI
      for (let j = 1; j <= half; j++) {
        const a = first + j * apart
        const b = first + (radix - j) * apart
        const sumR = (re[a] ?? 0) + (re[b] ?? 0)
        const sumI = (im[a] ?? 0) + (im[b] ?? 0)
        sums.re[j] = sumR
        sums.im[j] = sumI
        differences.re[j] = (re[a] ?? 0) - (re[b] ?? 0)
        differences.im[j] = (im[a] ?? 0) - (im[b] ?? 0)
        totalR += sumR
        totalI += sumI
      }
      const at = q + stride * radix * p
      to.re[at] = totalR
      to.im[at] = totalI
      for (let k = 1; k <= half; k++) {
        putMirrored(pairs, own, k, { to, at, stride, roots, root: p * stride })
      }
    }
  }
}

interface Outputs {
  readonly to: Complex
  /** Of the group's first output. */
  readonly at: number
  readonly stride: number
  readonly roots: Complex
  /** The index of the root that output 1 is rotated by. */
  readonly root: number
}

/** The outputs k and radix - k. */
function putMirrored(
  { sums, differences }: Pairs,
  own: Complex,
  k: number,
  { to, at, stride, roots, root }: Outputs,
): void {
  const radix = own.re.length
  let evenR = sums.re[0] ?? 0
  let evenI = sums.im[0] ?? 0
  let oddR = 0
  let oddI = 0
  for (let j = 1, turn = k; j < sums.re.length; j++) {
    const c = own.re[turn] ?? 0
    const s = own.im[turn] ?? 0
    evenR += (sums.re[j] ?? 0) * c
    evenI += (sums.im[j] ?? 0) * c
    oddR -= (differences.im[j] ?? 0) * s
    oddI += (differences.re[j] ?? 0) * s
    turn += k
    if (turn >= radix) turn -= radix
  }
  const mirrored = radix - k
  putRotated(to, at + k * stride, evenR + oddR, evenI + oddI, roots, k * root)
  putRotated(to, at + mirrored * stride, evenR - oddR, evenI - oddI, roots, mirrored * root)
}
