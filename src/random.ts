// Seeded random numbers: small, fast, the same on every machine.

/** Uniform whole numbers in [0, 2^32). */
export type Uint32Source = () => number

/**
 * Chris Doty-Humphrey's sfc32 (PractRand), whose state is filled by FNV-1a hashes of the seed text. Streams of
 * different texts are independent, so each sensor and each purpose has a text of its own.
 */
export function sfc32(seed: string): Uint32Source {
  let a = fnv1a(seed, 0x811c9dc5)
  let b = fnv1a(seed, 0x01000193 ^ a)
  let c = fnv1a(seed, 0x9e3779b9 ^ b)
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let round = 0; round < 15; round++) next()
  return next
}

/** Fowler, Noll and Vo's hash over the text's UTF-16 code units. */
function fnv1a(text: string, basis: number): number {
  let hash = basis
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

/** The distributions that probes and faults draw from. */
export class Random {
  readonly uint32: Uint32Source
  #spare: number | undefined

  constructor(uint32: Uint32Source) {
    this.uint32 = uint32
  }

  /** Uniform in [0, 1), in steps of 2^-32. */
  fraction(): number {
    return this.uint32() / 2 ** 32
  }

  /** Uniform over the whole numbers from `min` to `max`, both included; the bias is below 2^-32 times their number. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1))
  }

  /** Mean 0, standard deviation 1, by Marsaglia's polar method. */
  gaussian(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    for (;;) {
      const u = 2 * this.fraction() - 1
      const v = 2 * this.fraction() - 1
      const square = u * u + v * v
      if (square === 0 || square >= 1) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.#spare = v * factor
      return u * factor
    }
  }
}

/** A stream for one purpose: of the seed where there is one, else different each time. */
export function randomStream(seed: string | undefined, purpose: string): Random {
  return new Random(sfc32(`${seed ?? `${Math.random()} ${performance.timeOrigin} ${performance.now()}`}/${purpose}`))
}
