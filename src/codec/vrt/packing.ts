// Items packed into payloads of any format, and back: for the formats whose payload is not the data as it lies there.

import type { SampleLayout } from './layout.ts'
import type { PayloadFormat } from './payload.ts'

const WORD_BITS = 32

/** Where fields lie: so many in a group of words, from its left end on. */
function grouping({ packing, fieldSize }: PayloadFormat): { readonly fields: number; readonly bits: number } {
  if (packing === 'link') return { fields: 1, bits: fieldSize }
  const bits = fieldSize > WORD_BITS ? 2 * WORD_BITS : WORD_BITS
  return { fields: Math.floor(bits / fieldSize), bits }
}

function positionOf(
  index: number,
  { fieldSize }: PayloadFormat,
  { fields, bits }: ReturnType<typeof grouping>,
): number {
  return Math.floor(index / fields) * bits + (index % fields) * fieldSize
}

/** Bits from the first to the end of the last of so many fields. */
export function lengthOf(count: number, format: PayloadFormat): number {
  return count === 0 ? 0 : positionOf(count - 1, format, grouping(format)) + format.fieldSize
}

/** So many fields always end with a word. */
export function wholeFields(format: PayloadFormat): number {
  return WORD_BITS * grouping(format).fields
}

/** The data of a payload whose last `padding` bits are none: big-endian numbers of the layout's width. */
export function unpack(payload: Uint8Array, layout: SampleLayout, padding = 0): Uint8Array {
  const { format, bits, parts } = layout
  const groups = grouping(format)
  const length = payload.length * 8 - padding
  // With processing-efficient packing the end of the last group may be unused.
  const whole = Math.floor(length / groups.bits) * groups.fields
  const rest = Math.floor((length % groups.bits) / format.fieldSize)
  const count = whole + rest - ((whole + rest) % (parts * layout.inner.reduce((product, side) => product * side, 1)))
  const data = new Uint8Array((count * bits) / 8)
  const view = new DataView(data.buffer)
  const put = putter(view, layout)
  for (let index = 0; index < count; index++) {
    put((index * bits) / 8, readBits(payload, positionOf(index, format, groups), format.itemSize))
  }
  return data
}

/** The opposite of `unpack`: padded with zeros to whole words. */
export function pack(data: Uint8Array, layout: SampleLayout): Uint8Array {
  const { format, bits } = layout
  const groups = grouping(format)
  const count = Math.floor((data.length * 8) / bits)
  const payload = new Uint8Array(Math.ceil(lengthOf(count, format) / WORD_BITS) * 4)
  const take = taker(new DataView(data.buffer, data.byteOffset, data.length), layout)
  for (let index = 0; index < count; index++) {
    writeBits(payload, positionOf(index, format, groups), take((index * bits) / 8), format.itemSize)
  }
  return payload
}

function readBits(bytes: Uint8Array, position: number, bits: number): bigint {
  let value = 0n
  for (let done = 0; done < bits; ) {
    const at = position + done
    const inByte = Math.min(8 - (at % 8), bits - done)
    const piece = ((bytes[at >>> 3] ?? 0) >>> (8 - (at % 8) - inByte)) & ((1 << inByte) - 1)
    value = (value << BigInt(inByte)) | BigInt(piece)
    done += inByte
  }
  return value
}

function writeBits(bytes: Uint8Array, position: number, value: bigint, bits: number): void {
  for (let done = 0; done < bits; ) {
    const at = position + done
    const inByte = Math.min(8 - (at % 8), bits - done)
    const piece = Number((value >> BigInt(bits - done - inByte)) & BigInt((1 << inByte) - 1))
    bytes[at >>> 3] = (bytes[at >>> 3] ?? 0) | (piece << (8 - (at % 8) - inByte))
    done += inByte
  }
}

/** Puts an item's bits as a number at a byte. */
function putter(view: DataView, { format, number, bits }: SampleLayout): (at: number, item: bigint) => void {
  const { itemSize, exponent, whole } = format
  if (exponent > 0) return (at, item) => setFloat(view, at, ofVrtFloat(item, format), bits)
  if (number === 'float') return (at, item) => setFloat(view, at, ofIeee(item, itemSize), bits)
  const shift = BigInt(whole ? 0 : bits - itemSize)
  const signed = format.number === 'int'
  return (at, item) => setBits(view, at, (signed ? BigInt.asIntN(itemSize, item) : item) << shift, bits)
}

function taker(view: DataView, { format, number, bits }: SampleLayout): (at: number) => bigint {
  const { itemSize, exponent, whole } = format
  const float = (at: number) => (bits === 32 ? view.getFloat32(at) : view.getFloat64(at))
  if (exponent > 0) return at => toVrtFloat(float(at), format)
  if (number === 'float') return at => toIeee(float(at), itemSize)
  const shift = BigInt(whole ? 0 : bits - itemSize)
  return at => getBits(view, at, bits) >> shift
}

function setFloat(view: DataView, at: number, value: number, bits: number): void {
  if (bits === 32) view.setFloat32(at, value)
  else view.setFloat64(at, value)
}

function setBits(view: DataView, at: number, value: bigint, bits: number): void {
  const low = Number(BigInt.asUintN(32, value))
  if (bits === 8) view.setUint8(at, low)
  else if (bits === 16) view.setUint16(at, low)
  else if (bits === 32) view.setUint32(at, low)
  else view.setBigUint64(at, BigInt.asUintN(64, value))
}

function getBits(view: DataView, at: number, bits: number): bigint {
  if (bits === 8) return BigInt(view.getUint8(at))
  if (bits === 16) return BigInt(view.getUint16(at))
  return bits === 32 ? BigInt(view.getUint32(at)) : view.getBigUint64(at)
}

/** VITA 49.0, appendix D: a mantissa as a fraction of full scale, then an exponent whose largest value means 2^0. */
function ofVrtFloat(item: bigint, { number, itemSize, exponent }: PayloadFormat): number {
  const mantissaBits = itemSize - exponent
  const power = Number(item & BigInt((1 << exponent) - 1)) - ((1 << exponent) - 1)
  const mantissa = item >> BigInt(exponent)
  const fraction =
    number === 'int'
      ? Number(BigInt.asIntN(mantissaBits, mantissa)) / 2 ** (mantissaBits - 1)
      : Number(mantissa) / 2 ** mantissaBits
  return fraction * 2 ** power
}

/** With the smallest exponent that holds the value, which keeps most of its bits; what is too large becomes the largest. */
function toVrtFloat(value: number, { number, itemSize, exponent }: PayloadFormat): bigint {
  const mantissaBits = itemSize - exponent
  const scale = 2 ** (number === 'int' ? mantissaBits - 1 : mantissaBits)
  const least = number === 'int' ? -scale : 0
  const top = (1 << exponent) - 1
  let power = 0
  const mantissaAt = (power: number) => Math.round(value * scale * 2 ** (top - power))
  while (power < top && (mantissaAt(power) >= scale || mantissaAt(power) < least)) power++
  const mantissa = Math.min(scale - 1, Math.max(least, mantissaAt(power) || 0))
  return (BigInt.asUintN(mantissaBits, BigInt(mantissa)) << BigInt(exponent)) | BigInt(power)
}

const SCRATCH = new DataView(new ArrayBuffer(8))

function ofIeee(item: bigint, size: number): number {
  if (size === 16) return ofHalf(Number(item))
  SCRATCH.setBigUint64(0, size === 32 ? item << 32n : item)
  return size === 32 ? SCRATCH.getFloat32(0) : SCRATCH.getFloat64(0)
}

function toIeee(value: number, size: number): bigint {
  if (size === 16) return toHalf(value)
  if (size === 64) SCRATCH.setFloat64(0, value)
  else SCRATCH.setFloat32(0, value)
  return size === 64 ? SCRATCH.getBigUint64(0) : BigInt(SCRATCH.getUint32(0))
}

function ofHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const power = (bits >>> 10) & 31
  const fraction = bits & 1023
  if (power === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (power === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (power - 25))
}

/** Rounded half away from zero. */
function toHalf(value: number): bigint {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(value)) return 0x7e00n
  if (size >= 65520) return BigInt(sign | 0x7c00)
  const power = Math.max(-14, Math.floor(Math.log2(size || 2 ** -24)))
  const steps = Math.round(size / 2 ** (power - 10))
  return BigInt(sign | (power === -14 && steps < 1024 ? steps : ((power + 15) << 10) + (steps - 1024)))
}
