// Samples of every element type as numbers: integers become fractions of their full scale.

import { type Dtype, dtypeNamed } from '../codec/dtype.ts'

/** Where numbers go. */
export type Numbers = Float32Array | Float64Array

export interface SampleFormat {
  readonly complex: boolean
  /** float32 could not hold every value. */
  readonly double: boolean
  /** Bytes of a sample. */
  readonly bytes: number
  /** Integers, of which the greatest is just below 1. */
  readonly fullScale: boolean
  /** Bytes of a number, where the data are the numbers themselves: float32 or float64 as they are. */
  readonly plain: 4 | 8 | undefined
  /** The numbers of whole samples, real and imaginary parts in turn, into `to` from its start. */
  read(data: Uint8Array, to: Numbers): void
}

type View = ArrayLike<number> | ArrayLike<bigint>
type Make = (buffer: ArrayBufferLike, offset: number, length: number) => View

const VIEWS: Readonly<Record<string, Make>> = {
  int8: (buffer, offset, length) => new Int8Array(buffer, offset, length),
  int16: (buffer, offset, length) => new Int16Array(buffer, offset, length),
  int32: (buffer, offset, length) => new Int32Array(buffer, offset, length),
  int64: (buffer, offset, length) => new BigInt64Array(buffer, offset, length),
  uint8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
  uint16: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  uint32: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  uint64: (buffer, offset, length) => new BigUint64Array(buffer, offset, length),
  float32: (buffer, offset, length) => new Float32Array(buffer, offset, length),
  float64: (buffer, offset, length) => new Float64Array(buffer, offset, length),
}

/** float32 holds whole numbers up to 24 bits. */
const EXACT_BYTES = 2

export interface SampleScale {
  /** The sample that stands for 1; default: of integers 2^(bits - 1), of unsigned ones 2^bits, else 1. */
  readonly fullScale?: number | undefined
  /** What samples are divided by instead; unsigned ones still have their zero at half of full scale. */
  readonly divisor?: number | undefined
}

/**
 * How samples of a dtype are read; nothing where it is unknown or has no numbers for samples (bool, float16).
 * Integers become fractions of their full scale; of unsigned ones 0 stands for -1, and half of full scale for 0.
 */
export function sampleFormat(name: string, { fullScale, divisor }: SampleScale = {}): SampleFormat | undefined {
  const dtype = dtypeNamed(name)
  if (!dtype) return undefined
  const { complex, kind, size, littleEndian } = dtype
  const width = complex ? size / 2 : size
  const make = VIEWS[`${kind}${width * 8}`]
  if (!make) return undefined
  const offset = kind === 'uint' ? (fullScale ?? 2 ** (width * 8)) / 2 : 0
  const one = fullScale ?? (kind === 'float' ? 1 : 2 ** (width * 8 - 1))
  const scale = divisor ?? (kind === 'uint' ? offset : one)
  const isPlain = kind === 'float' && littleEndian && scale === 1
  return {
    plain: isPlain && width === 4 ? 4 : isPlain && width === 8 ? 8 : undefined,
    complex,
    double: width > (kind === 'float' ? 4 : EXACT_BYTES),
    bytes: size,
    fullScale: kind !== 'float',
    read(data, to) {
      const whole = data.subarray(0, data.length - (data.length % size))
      const { buffer, byteOffset } =
        littleEndian && whole.byteOffset % width === 0 ? whole : aligned(whole, dtype, width)
      copy(make(buffer, byteOffset, whole.length / width), to, { offset, factor: 1 / scale })
    },
  }
}

/** A copy at the start of a buffer, in this machine's byte order, which is little-endian. */
function aligned(data: Uint8Array, { littleEndian }: Dtype, width: number): Uint8Array {
  // Not `slice`: that of a Buffer is no copy.
  const copy = Buffer.allocUnsafeSlow(data.length)
  copy.set(data)
  if (littleEndian || width === 1) return copy
  return width === 2 ? copy.swap16() : width === 4 ? copy.swap32() : copy.swap64()
}

function copy(from: View, to: Numbers, { offset, factor }: { readonly offset: number; readonly factor: number }): void {
  if (offset === 0 && factor === 1 && (from instanceof Float32Array || from instanceof Float64Array)) {
    to.set(from)
    return
  }
  for (let at = 0; at < from.length; at++) to[at] = (Number(from[at]) - offset) * factor
}
