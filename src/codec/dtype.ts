// Element types of sample data: NumPy's names and SigMF's, and how to read and write their numbers.

export interface Dtype {
  /** NumPy's name; byte order is told by `littleEndian`. */
  readonly name: string
  /** Bytes of one element; a complex element is two numbers. */
  readonly size: number
  readonly complex: boolean
  /** Of one number: the parts of integer complex types, which NumPy has no name for, are `int`. */
  readonly kind: 'bool' | 'int' | 'uint' | 'float'
  readonly littleEndian: boolean
}

type Row = readonly [name: string, size: number, kind: Dtype['kind'], complex: boolean]

const NUMPY: readonly Row[] = [
  ['bool', 1, 'bool', false],
  ['int8', 1, 'int', false],
  ['int16', 2, 'int', false],
  ['int32', 4, 'int', false],
  ['int64', 8, 'int', false],
  ['uint8', 1, 'uint', false],
  ['uint16', 2, 'uint', false],
  ['uint32', 4, 'uint', false],
  ['uint64', 8, 'uint', false],
  ['float16', 2, 'float', false],
  ['float32', 4, 'float', false],
  ['float64', 8, 'float', false],
  ['complex64', 8, 'float', true],
  ['complex128', 16, 'float', true],
]

const SIGMF_KINDS = { f: 'float', i: 'int', u: 'uint' } as const

/** What an element type's name means, or nothing if it is unknown. NumPy's words are little-endian here. */
export function dtypeNamed(text: string): Dtype | undefined {
  for (const [name, size, kind, complex] of NUMPY) {
    if (name === text) return { name, size, kind, complex, littleEndian: true }
  }
  return sigmf(text) ?? typeString(text)
}

/** `rf32_le ci16_be cu8 ri8 …`: real or complex, kind, bits, byte order (none for single bytes). */
function sigmf(text: string): Dtype | undefined {
  const parts = /^([rc])([fiu])(8|16|32|64)(?:_([lb])e)?$/.exec(text)
  if (!parts) return undefined
  const [, form, letter, bits, order] = parts
  if ((bits === '8') !== (order === undefined)) return undefined
  const kind = letter === 'f' ? SIGMF_KINDS.f : letter === 'i' ? SIGMF_KINDS.i : SIGMF_KINDS.u
  const width = Number(bits)
  if (kind === 'float' && width < 32) return undefined
  const complex = form === 'c'
  const name = complex && kind === 'float' ? `complex${width * 2}` : `${kind}${width}`
  return { name, size: (width / 8) * (complex ? 2 : 1), complex, kind, littleEndian: order !== 'b' }
}

const TYPE_STRING_KINDS = { b: 'bool', i: 'int', u: 'uint', f: 'float', c: 'float' } as const

/** `<f4 >u2 |b1`: NumPy's array interface protocol, which it also prints where the byte order is not the machine's. */
function typeString(text: string): Dtype | undefined {
  const parts = /^([<>|=])([biufc])(1|2|4|8|16)$/.exec(text)
  if (!parts) return undefined
  const [, order, letter, bytes] = parts
  const complex = letter === 'c'
  const kind = Object.entries(TYPE_STRING_KINDS).find(([known]) => known === letter)?.[1]
  const row = NUMPY.find(row => row[1] === Number(bytes) && row[2] === kind && row[3] === complex)
  if (!row) return undefined
  return { name: row[0], size: row[1], kind: row[2], complex, littleEndian: order !== '>' }
}

/** Every name of `dtypeNamed`, for messages. */
export const DTYPE_NAMES = [...NUMPY.map(([name]) => name), 'cf32_le', 'ci16_le', 'cu8', '…'] as const

/**
 * The numbers of data of one dtype; complex elements interleaved (real, imaginary, …). Nothing where numbers of JSON
 * cannot hold the values exactly: part elements, NaN, infinities, 64-bit and 16-bit-float types.
 */
export function numbersOf(data: Uint8Array, dtype: Dtype): number[] | undefined {
  const access = accessOf(dtype)
  if (!access || data.length % dtype.size !== 0) return undefined
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const numbers: number[] = []
  for (let at = 0; at < data.length; at += access.width) {
    const value = access.get(view, at)
    if (!Number.isFinite(value)) return undefined
    numbers.push(value)
  }
  return numbers
}

/** The opposite of `numbersOf`; text that says what is wrong if one is no number or does not fit the dtype unchanged. */
export function bytesOf(numbers: readonly unknown[], dtype: Dtype): Uint8Array | string {
  const access = accessOf(dtype)
  if (!access) return `an array, expected base64 text for ${dtype.name}`
  if ((numbers.length * access.width) % dtype.size !== 0)
    return `${numbers.length} numbers, expected two for each complex element`
  const bytes = new Uint8Array(numbers.length * access.width)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const value of numbers) {
    if (typeof value !== 'number') return `data[${at / access.width}] is no number, expected ${dtype.name}`
    access.set(view, at, value)
    const held = access.get(view, at)
    // A decimal is rounded to its float32; an integer must fit.
    const fits = dtype.kind === 'float' ? Number.isFinite(held) : held === value
    if (!fits) return `data[${at / access.width}] is ${value}, expected ${dtype.name}`
    at += access.width
  }
  return bytes
}

interface Access {
  readonly width: number
  get(view: DataView, at: number): number
  set(view: DataView, at: number, value: number): void
}

function accessOf({ kind, size, complex, littleEndian: little }: Dtype): Access | undefined {
  const width = complex ? size / 2 : size
  const type = `${kind}${width * 8}`
  switch (type) {
    case 'bool8':
    case 'uint8':
      return { width, get: (view, at) => view.getUint8(at), set: (view, at, value) => view.setUint8(at, value) }
    case 'int8':
      return { width, get: (view, at) => view.getInt8(at), set: (view, at, value) => view.setInt8(at, value) }
    case 'uint16':
      return { width, get: (view, at) => view.getUint16(at, little), set: (v, at, n) => v.setUint16(at, n, little) }
    case 'int16':
      return { width, get: (view, at) => view.getInt16(at, little), set: (v, at, n) => v.setInt16(at, n, little) }
    case 'uint32':
      return { width, get: (view, at) => view.getUint32(at, little), set: (v, at, n) => v.setUint32(at, n, little) }
    case 'int32':
      return { width, get: (view, at) => view.getInt32(at, little), set: (v, at, n) => v.setInt32(at, n, little) }
    case 'float32':
      return { width, get: (view, at) => view.getFloat32(at, little), set: (v, at, n) => v.setFloat32(at, n, little) }
    case 'float64':
      return { width, get: (view, at) => view.getFloat64(at, little), set: (v, at, n) => v.setFloat64(at, n, little) }
    default:
      return undefined
  }
}
