// What a payload format means for the data of packets: its dtype, and whether the payload is it as it lies there.

import type { PayloadFormat } from './payload.ts'

export interface SampleLayout {
  readonly format: PayloadFormat
  /** SigMF's name; big-endian. */
  readonly dtype: string
  /** Of the numbers that items become. */
  readonly number: PayloadFormat['number']
  /** Of one number. */
  readonly bits: number
  /** Numbers of an element: 2 where it is complex. */
  readonly parts: 1 | 2
  /** The value that stands for 1.0; nothing for floats and whole numbers. */
  readonly fullScale: number | undefined
  /** Elements of one sample: the vector's size, two for polar samples, or both. */
  readonly inner: readonly number[]
  /** The payload is the data; else it must be unpacked. */
  readonly isPlain: boolean
}

/** The most bits of a mantissa that a float of 32 bits holds. */
const SINGLE_MANTISSA = 24

function widthOf({ number, fieldSize, itemSize, exponent }: PayloadFormat): number {
  if (exponent > 0) return itemSize - exponent <= SINGLE_MANTISSA ? 32 : 64
  if (number === 'float') return itemSize === 64 ? 64 : 32
  const bits = isWhole(fieldSize) ? fieldSize : itemSize
  return bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64
}

const isWhole = (bits: number) => bits === 8 || bits === 16 || bits === 32 || bits === 64

/** Items become numbers of the next larger width, shifted to its left end, so that full scale is that of the width. */
export function layoutOf(format: PayloadFormat): SampleLayout {
  const { kind, exponent, itemSize, fieldSize, eventTag, channelTag, vector, whole } = format
  const number = exponent > 0 ? 'float' : format.number
  const bits = widthOf(format)
  const scale = 2 ** (number === 'int' ? bits - 1 : bits)
  return {
    format,
    dtype: `${kind === 'cartesian' ? 'c' : 'r'}${number[0]}${bits}${bits === 8 ? '' : '_be'}`,
    number,
    bits,
    parts: kind === 'cartesian' ? 2 : 1,
    fullScale: number === 'float' || whole ? undefined : (format.fullScale ?? scale),
    inner: [...(vector > 1 ? [vector] : []), ...(kind === 'polar' ? [2] : [])],
    // Bits of a field beyond its item are only zero if there are no tags, and at the right end unless it is whole.
    isPlain: exponent === 0 && fieldSize === bits && eventTag + channelTag === 0 && (!whole || itemSize === bits),
  }
}

/** The shape of data of so many bytes. */
export function shapeOf({ bits, parts, inner }: SampleLayout, bytes: number): readonly number[] {
  const elements = bytes / ((bits / 8) * parts)
  const sample = inner.reduce((product, side) => product * side, 1)
  return inner.length > 0 && elements % sample === 0 ? [elements / sample, ...inner] : [elements]
}

export function isSameLayout(a: SampleLayout, b: SampleLayout): boolean {
  return a === b || (a.fullScale === b.fullScale && JSON.stringify(a.format) === JSON.stringify(b.format))
}
