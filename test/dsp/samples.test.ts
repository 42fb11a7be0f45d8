// Samples: of every dtype, at every place in a buffer, in both byte orders, as fractions of their full scale.

import t from 'tap'
import { type SampleScale, sampleFormat } from '../../src/dsp/samples.ts'

/** What is read of the bytes, once aligned and once not. */
function read(dtype: string, bytes: readonly number[], scale?: SampleScale): number[] {
  const format = sampleFormat(dtype, scale)
  if (!format) throw new Error(`${dtype} is unknown`)
  const numbers = (bytes.length / format.bytes) * (format.complex ? 2 : 1)
  const made = [0, 1].map(offset => {
    const to = new Float64Array(numbers)
    const data = new Uint8Array(bytes.length + offset)
    data.set(bytes, offset)
    format.read(data.subarray(offset), to)
    return [...to]
  })
  t.same(made[0], made[1], `${dtype}: aligned or not`)
  return made[0] ?? []
}

t.test('integers are fractions of their full scale', async t => {
  t.same(read('int8', [0, 0x7f, 0x80, 0xff]), [0, 127 / 128, -1, -1 / 128])
  t.same(read('uint8', [0, 0x80, 0xff]), [-1, 0, 127 / 128])
  t.same(read('cu8', [0, 0x80, 0xff, 0xc0]), [-1, 0, 127 / 128, 0.5])
  t.same(read('int16', [0, 0x80, 0xff, 0x7f]), [-1, 32767 / 32768])
  t.same(read('uint16', [0, 0, 0, 0xc0]), [-1, 0.5])
  t.same(read('ci16_le', [0, 0x40, 0, 0xc0]), [0.5, -0.5])
  t.same(read('ci16_be', [0x40, 0, 0xc0, 0]), [0.5, -0.5])
  t.same(read('int32', [0, 0, 0, 0x80]), [-1])
  t.same(read('ri32_be', [0xc0, 0, 0, 0]), [-0.5])
  t.same(read('uint32', [0, 0, 0, 0xc0]), [0.5])
  t.same(read('int64', [0, 0, 0, 0, 0, 0, 0, 0xc0]), [-0.5])
  t.same(read('uint64', [0, 0, 0, 0, 0, 0, 0, 0xc0]), [0.5])
})

t.test('a full scale can be told: 14 bits in 16', async t => {
  t.same(read('int16', [0xff, 0x1f, 0x00, 0xe0], { fullScale: 8192 }), [8191 / 8192, -1])
  t.same(read('float32', [0, 0, 0x80, 0x3f], { fullScale: 2 }), [0.5])
})

t.test('half of the full scale of unsigned numbers is their zero', async t => {
  for (const [dtype, bits] of [
    ['uint8', 8],
    ['cu8', 8],
    ['uint16', 16],
    ['cu16_le', 16],
    ['uint32', 32],
    ['uint64', 64],
  ] as const) {
    const bytes = Array.from({ length: 16 }, (_, at) => (37 * at) & 0xff)
    t.same(read(dtype, bytes, { fullScale: 2 ** bits }), read(dtype, bytes), dtype)
  }
  t.same(read('uint16', [0, 0, 0, 0x20, 0, 0x30], { fullScale: 16384 }), [-1, 0, 0.5], '14 bits')
})

t.test('a divisor in its place leaves zero where it is', async t => {
  t.same(read('int16', [0x03, 0x00], { divisor: 1 }), [3])
  t.same(read('int16', [0x03, 0x00], { fullScale: 8192, divisor: 1 }), [3])
  t.same(read('uint8', [0, 0x80, 0x83], { divisor: 1 }), [-128, 0, 3])
  t.same(read('uint16', [0x03, 0x20], { fullScale: 16384, divisor: 1 }), [3])
})

t.test('floating-point numbers are what they are', async t => {
  t.same(read('float32', [0, 0, 0x80, 0x3f]), [1])
  t.same(read('complex64', [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]), [1, -2])
  t.same(read('cf32_be', [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]), [1, -2])
  t.same(read('float64', [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]), [1])
  t.same(read('rf64_be', [0x3f, 0xf0, 0, 0, 0, 0, 0, 0]), [1])
})

t.test('what is told of a dtype', async t => {
  const tell = (dtype: string) => {
    const { complex, double, bytes, fullScale } = sampleFormat(dtype) ?? {
      complex: 0,
      double: 0,
      bytes: 0,
      fullScale: 0,
    }
    return [complex, double, bytes, fullScale]
  }
  t.same(tell('complex64'), [true, false, 8, false])
  t.same(tell('complex128'), [true, true, 16, false])
  t.same(tell('int16'), [false, false, 2, true])
  t.same(tell('int32'), [false, true, 4, true])
  t.same(tell('ci16_le'), [true, false, 4, true])
  for (const dtype of ['bool', 'float16', 'nonsense']) t.equal(sampleFormat(dtype), undefined, dtype)
})

t.test('which can be read in place', async t => {
  const plain = (dtype: string, scale?: SampleScale) => sampleFormat(dtype, scale)?.plain
  t.same(
    ['complex64', 'float32', 'cf64_le', 'float64'].map(dtype => plain(dtype)),
    [4, 4, 8, 8],
  )
  t.same([plain('cf32_be'), plain('int32'), plain('float32', { fullScale: 2 })], [undefined, undefined, undefined])
})

t.test('a part of a sample at the end is left', async t => {
  const to = new Float64Array(4)
  sampleFormat('int16')?.read(Uint8Array.of(0, 0x40, 9), to)
  t.same([...to], [0.5, 0, 0, 0])
})

t.test('a Buffer at an odd place is read as well, and stays as it is', async t => {
  for (const dtype of ['int16', 'ci16_be', 'cf32_be']) {
    const data = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8]).subarray(1)
    const before = [...data]
    sampleFormat(dtype)?.read(data, new Float64Array(4))
    t.same([...data], before, dtype)
  }
})
