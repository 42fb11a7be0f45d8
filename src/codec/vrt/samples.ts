// Data as the payload of a layout: in its byte order, at its scale, and in pieces that packets can hold.

import type { Dtype } from '../dtype.ts'
import { MOST_WORDS, WORD } from './header.ts'
import type { SampleLayout } from './layout.ts'
import { lengthOf, pack, wholeFields } from './packing.ts'
import type { Body } from './wire.ts'
import { BadValue } from './words.ts'

/** Whether numbers of this dtype are those of the layout, but for their byte order. */
export function fits({ kind, size, complex }: Dtype, { number, bits, parts }: SampleLayout): boolean {
  return kind === number && complex === (parts === 2) && size * 8 === bits * parts
}

export interface Piece {
  readonly body: Body
  /** Samples before this piece. */
  readonly first: number
}

export interface PieceOptions {
  readonly dtype: Dtype
  readonly layout: SampleLayout
  /** Integers are multiplied by this. */
  readonly scale: number
  /** Words of a packet beside its payload. */
  readonly overhead: number
}

/** One piece, or as many as the length of packets makes necessary. */
export function* piecesOf(data: Uint8Array, { dtype, layout, scale, overhead }: PieceOptions): Generator<Piece> {
  const { format, bits, inner } = layout
  const sample = (dtype.size * inner.reduce((product, side) => product * side, 1)) | 0
  // A class identifier of two words may have to be added.
  const most = (MOST_WORDS - overhead - 2) * WORD
  // What a whole number of samples and of words has in bytes, packed and unpacked.
  const unit = layout.isPlain ? sample * WORD : sample * wholeFields(format)
  const packedUnit = layout.isPlain ? unit : lengthOf((unit * 8) / bits, format) / 8
  const room = Math.floor(most / packedUnit) * unit
  if (room === 0) throw new BadValue(`samples of ${sample} bytes, expected some that fit into a packet`)
  for (let at = 0; at === 0 || at < data.length; at += room) {
    const part = ordered(data.subarray(at, at + room), dtype, layout, scale)
    yield { body: bodyOf(part, layout), first: at / sample }
  }
}

function bodyOf(data: Uint8Array, layout: SampleLayout): Body {
  const { format, bits, isPlain } = layout
  const bytes = isPlain ? data : pack(data, layout)
  const used = isPlain ? data.length * 8 : lengthOf((data.length * 8) / bits, format)
  const unused = -used & 31
  return { bytes, padding: unused >= format.fieldSize ? unused : 0 }
}

/** Big-endian: the bytes themselves where they are that already. */
function ordered(data: Uint8Array, { littleEndian }: Dtype, layout: SampleLayout, scale: number): Uint8Array {
  const { bits, number } = layout
  const swap = littleEndian && bits > 8
  if (!swap && (scale === 1 || number === 'float')) return data
  const copy = Buffer.from(data)
  if (swap && bits === 16) copy.swap16()
  else if (swap && bits === 32) copy.swap32()
  else if (swap) copy.swap64()
  if (scale !== 1 && number !== 'float' && bits < 64) multiply(copy, layout, scale)
  return copy
}

/** What does not fit becomes the largest that does. */
function multiply(data: Buffer, { number, bits }: SampleLayout, scale: number): void {
  const bytes = bits / 8
  const signed = number === 'int'
  const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1]
  for (let at = 0; at + bytes <= data.length; at += bytes) {
    const value = signed ? data.readIntBE(at, bytes) : data.readUIntBE(at, bytes)
    const result = Math.min(most, Math.max(least, Math.round(value * scale)))
    if (signed) data.writeIntBE(result, at, bytes)
    else data.writeUIntBE(result, at, bytes)
  }
}
