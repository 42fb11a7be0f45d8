// NumPy's file format, version 1.0: a header that says type and shape, then the numbers (numpy.lib.format).

import { type Dtype, dtypeNamed } from '../codec/dtype.ts'
import type { Json, Packet } from '../packet.ts'
import type { Reject } from '../stream/reject.ts'
import { dtypeOf, shapeOf } from './names.ts'

const MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
/** Where the numbers begin is a multiple of it. */
const ALIGNMENT = 64
/** The header's length is a number of two bytes. */
const LONGEST_HEADER = 65535

const KINDS = { bool: 'b', int: 'i', uint: 'u', float: 'f' } as const

/**
 * What comes before the data of a packet in its file: by its dtype (default uint8) and its shape (default one
 * dimension). Why it can have none, where they do not describe the data.
 */
export function npyHeader({ meta, data }: Packet): Buffer | Pick<Reject, 'reason' | 'detail'> {
  const name = dtypeOf(meta) ?? 'uint8'
  const dtype = typeof name === 'string' ? dtypeNamed(name) : undefined
  if (!dtype) return { reason: 'unknown dtype', detail: JSON.stringify(name) }
  const shape = shapeIn(shapeOf(meta), data.length / dtype.size)
  const bytes = shape?.reduce((product, side) => product * side, dtype.size)
  if (!shape || bytes !== data.length) {
    const expected = bytes === undefined ? 'a list of whole numbers as shape' : `${bytes} by dtype and shape`
    return { reason: 'shape mismatch', detail: `${data.length} bytes of data, expected ${expected}` }
  }
  const header = headerOf(descriptor(dtype), [...shape, ...pairAxis(dtype)])
  return header ?? { reason: 'shape mismatch', detail: 'a shape of too many dimensions' }
}

function shapeIn(shape: Json | undefined, elements: number): readonly number[] | undefined {
  if (shape === undefined) return [Math.floor(elements)]
  if (!Array.isArray(shape)) return undefined
  const sides: unknown[] = [...shape]
  return sides.every(side => typeof side === 'number' && Number.isSafeInteger(side) && side >= 0)
    ? sides.map(Number)
    : undefined
}

/** NumPy has no complex integers: real and imaginary part become a last dimension of two. */
function pairAxis({ complex, kind }: Dtype): readonly number[] {
  return complex && kind !== 'float' ? [2] : []
}

function descriptor({ complex, kind, size, littleEndian }: Dtype): string {
  const isPair = complex && kind !== 'float'
  const width = isPair ? size / 2 : size
  const order = width === 1 ? '|' : littleEndian ? '<' : '>'
  return `${order}${complex && !isPair ? 'c' : KINDS[kind]}${width}`
}

function headerOf(descr: string, shape: readonly number[]): Buffer | undefined {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sides}), }`
  const before = MAGIC.length + 2
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before
  if (length > LONGEST_HEADER) return undefined
  const header = Buffer.alloc(before + length, ' ')
  MAGIC.copy(header)
  header.writeUInt16LE(length, MAGIC.length)
  header.write(text, before, 'latin1')
  header[header.length - 1] = 0x0a
  return header
}
