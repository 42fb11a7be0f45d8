// What a simulated receiver hears: tones and noise, as the numbers of its converter.

import type { Random } from '../random.ts'
import type { ReceiverMode } from './receiver-mode.ts'

export interface Tone {
  /** Hz, as on the air. */
  readonly frequency: number
  /** dBm. */
  readonly level: number
}

/** Normal numbers made once: noise is read from them, each time from another place on. */
const NOISE = 2 ** 16

export interface Hearing {
  readonly mode: ReceiverMode
  /** Hz: the frequency that comes to lie at the mode's centre. */
  readonly frequency: number
  /** dBm of a tone as large as the converter can take. */
  readonly referenceLevel: number
}

export interface Heard {
  /** Big-endian, as in the payload of packets. */
  readonly bytes: Buffer
  /** Something was larger than the converter can take. */
  readonly overRange: boolean
}

export class Signal {
  tones: readonly Tone[]
  /** dBm of all noise in the band together, or nothing. */
  noise: number | undefined
  readonly #random: Random
  readonly #normal = new Float32Array(NOISE)

  constructor({ tones, noise, random }: { tones: readonly Tone[]; noise: number | undefined; random: Random }) {
    this.tones = tones
    this.noise = noise
    this.#random = random
    for (let at = 0; at < NOISE; at++) this.#normal[at] = random.gaussian()
  }

  /** Samples from the `first` on, counted from when the receiver was switched on: tones go on where they were. */
  hear(first: number, samples: number, hearing: Hearing): Heard {
    const { mode } = hearing
    const numbers = samples * (mode.complex ? 2 : 1)
    const sum = new Float64Array(numbers)
    const full = 2 ** (mode.bits - 1)
    this.#addNoise(sum, full, hearing)
    for (const tone of this.tones) addTone(sum, { tone, first, full, hearing })
    return mode.bits <= 16
      ? converted(sum, full, new Int16Array(numbers))
      : converted(sum, full, new Int32Array(numbers))
  }

  #addNoise(sum: Float64Array, full: number, { referenceLevel }: Hearing): void {
    if (this.noise === undefined) return
    const deviation = (full * 10 ** ((this.noise - referenceLevel) / 20)) / Math.SQRT2
    // An odd stride visits every number before it comes to one again.
    const stride = this.#random.uint32() | 1
    let at = this.#random.uint32()
    for (let index = 0; index < sum.length; index++) {
      sum[index] = (sum[index] ?? 0) + deviation * (this.#normal[at & (NOISE - 1)] ?? 0)
      at = (at + stride) | 0
    }
  }
}

interface Adding {
  readonly tone: Tone
  readonly first: number
  readonly full: number
  readonly hearing: Hearing
}

/** A tone outside of the band is filtered out. */
function addTone(sum: Float64Array, { tone, first, full, hearing }: Adding): void {
  const { mode, frequency, referenceLevel } = hearing
  const { sampleRate, complex, centre } = mode
  const heard = centre + tone.frequency - frequency
  const half = sampleRate / 2
  if (heard >= half || heard < (complex ? -half : 0)) return
  const cycles = heard / sampleRate
  // Counted from the beginning, so that no packet adds to an error of the phase.
  const phase = 2 * Math.PI * ((cycles * first) % 1)
  const amplitude = full * 10 ** ((tone.level - referenceLevel) / 20)
  let real = amplitude * Math.cos(phase)
  let imaginary = amplitude * Math.sin(phase)
  const cosine = Math.cos(2 * Math.PI * cycles)
  const sine = Math.sin(2 * Math.PI * cycles)
  const step = complex ? 2 : 1
  for (let at = 0; at < sum.length; at += step) {
    sum[at] = (sum[at] ?? 0) + real
    if (complex) sum[at + 1] = (sum[at + 1] ?? 0) + imaginary
    const next = real * cosine - imaginary * sine
    imaginary = real * sine + imaginary * cosine
    real = next
  }
}

function converted(sum: Float64Array, full: number, into: Int16Array | Int32Array): Heard {
  let overRange = false
  for (let at = 0; at < sum.length; at++) {
    const value = Math.round(sum[at] ?? 0)
    const most = value >= full || value < -full
    overRange ||= most
    into[at] = most ? (value < 0 ? -full : full - 1) : value
  }
  const bytes = Buffer.from(into.buffer)
  return { bytes: into.BYTES_PER_ELEMENT === 2 ? bytes.swap16() : bytes.swap32(), overRange }
}
