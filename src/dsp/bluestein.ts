// The discrete Fourier transform of any size as a convolution with a chirp, by transforms of a power of two.

import { factorsOf, mixedRadix } from './mixed-radix.ts'
import { type Complex, complex, rootsOfUnity } from './roots.ts'

/**
 * The forward transform, in place (L. Bluestein, 1970): because 2jk = j² + k² - (k - j)², it is a chirp, a convolution with
 * the conjugate chirp, and a chirp again.
 */
export function bluestein(size: number): (z: Complex) => void {
  const length = 2 ** Math.ceil(Math.log2(2 * size - 1))
  const transform = mixedRadix(length, factorsOf(length) ?? [])
  const chirp = chirpOf(size)
  const kernel = complex(length)
  for (let k = 0; k < size; k++) {
    const re = (chirp.re[k] ?? 0) / length
    const im = -(chirp.im[k] ?? 0) / length
    const mirrored = (length - k) % length
    kernel.re[k] = re
    kernel.im[k] = im
    kernel.re[mirrored] = re
    kernel.im[mirrored] = im
  }
  transform(kernel)
  const work = complex(length)
  return z => {
    work.re.fill(0, size)
    work.im.fill(0, size)
    multiply(z, chirp, work)
    transform(work)
    multiply(work, kernel, work)
    // With its parts exchanged the forward transform is the inverse one.
    transform({ re: work.im, im: work.re })
    multiply({ re: work.re.subarray(0, size), im: work.im.subarray(0, size) }, chirp, z)
  }
}

/** exp(-πi k² / size); k² is brought into one period first, while it is a whole number. */
function chirpOf(size: number): Complex {
  const roots = rootsOfUnity(2 * size)
  const chirp = complex(size)
  for (let k = 0; k < size; k++) {
    const index = k ** 2 % (2 * size)
    chirp.re[k] = roots.re[index] ?? 0
    chirp.im[k] = roots.im[index] ?? 0
  }
  return chirp
}

/** The products of the elements of `a` with those of `b`. */
function multiply(a: Complex, b: Complex, to: Complex): void {
  for (let k = 0; k < a.re.length; k++) {
    const ar = a.re[k] ?? 0
    const ai = a.im[k] ?? 0
    const br = b.re[k] ?? 0
    const bi = b.im[k] ?? 0
    to.re[k] = ar * br - ai * bi
    to.im[k] = ar * bi + ai * br
  }
}
