// Complex numbers as two arrays, and the roots of unity, each as exact as a float64 can be.

/** Complex numbers: real and imaginary parts in two arrays of one length. */
export interface Complex {
  readonly re: Float64Array
  readonly im: Float64Array
}

export function complex(length: number): Complex {
  return { re: new Float64Array(length), im: new Float64Array(length) }
}

/** exp(-2πi k / size) for k = 0 … size - 1, within one unit in the last place; exact at the eighths. */
export function rootsOfUnity(size: number): Complex {
  const roots = complex(size)
  for (let k = 0; k < size; k++) {
    roots.re[k] = cosine(8 * k, size)
    // The cosine a quarter of a turn earlier; 0 - because the sine of 0 is not -0.
    roots.im[k] = 0 - cosine(Math.abs(8 * k - 2 * size), size)
  }
  return roots
}

/** The cosine of so many eighths of the size-th part of a turn, at most a whole one: by what is within the first eighth. */
function cosine(eighths: number, size: number): number {
  if (eighths > 4 * size) return cosine(8 * size - eighths, size)
  if (eighths > 2 * size) return 0 - cosine(4 * size - eighths, size)
  if (eighths === size) return Math.SQRT1_2
  if (eighths < size) return Math.cos((Math.PI * eighths) / (4 * size))
  return Math.sin((Math.PI * (2 * size - eighths)) / (4 * size))
}
