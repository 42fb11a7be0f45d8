// Element types: NumPy's and SigMF's names, numbers to bytes and back.

import t from 'tap'
import { bytesOf, dtypeNamed, numbersOf } from '../../src/codec/dtype.ts'

t.test('names of both worlds', async t => {
  t.match(dtypeNamed('complex64'), { name: 'complex64', size: 8, complex: true, kind: 'float', littleEndian: true })
  t.match(dtypeNamed('cf32_le'), { name: 'complex64', size: 8, complex: true, kind: 'float', littleEndian: true })
  t.match(dtypeNamed('cf64_be'), { name: 'complex128', size: 16, littleEndian: false })
  t.match(dtypeNamed('ci16_le'), { name: 'int16', size: 4, complex: true, kind: 'int' })
  t.match(dtypeNamed('cu8'), { name: 'uint8', size: 2, complex: true, kind: 'uint' })
  t.match(dtypeNamed('ri16_be'), { name: 'int16', size: 2, complex: false, littleEndian: false })
  t.match(dtypeNamed('rf32_le'), { name: 'float32', size: 4 })
  t.match(dtypeNamed('uint8'), { name: 'uint8', size: 1 })
  for (const name of ['', 'float', 'cf32', 'cu8_le', 'cf8', 'cf16_le', 'xi16_le', 'UINT8', 'complex32']) {
    t.equal(dtypeNamed(name), undefined, name)
  }
})

t.test("type strings of NumPy's arrays", async t => {
  t.match(dtypeNamed('>u2'), { name: 'uint16', size: 2, complex: false, kind: 'uint', littleEndian: false })
  t.match(dtypeNamed('<c8'), { name: 'complex64', size: 8, complex: true, kind: 'float', littleEndian: true })
  t.match(dtypeNamed('|b1'), { name: 'bool', size: 1 })
  t.match(dtypeNamed('=f8'), { name: 'float64', size: 8, littleEndian: true })
  for (const name of ['u2', '>u3', '<f1', '<c4', '|V4', '<b2', '<U4', '>']) t.equal(dtypeNamed(name), undefined, name)
})

t.test('numbers survive as bytes, in both byte orders', async t => {
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ['bool', [0, 1]],
    ['int8', [-128, 127]],
    ['uint8', [0, 255]],
    ['int16', [-32768, 32767]],
    ['uint16', [0, 65535]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['uint32', [0, 2 ** 32 - 1]],
    ['float32', [1.5, -0]],
    ['float64', [0.1, -1e300]],
    ['complex64', [1, -2, 3, -4]],
    ['ci16_be', [1, -2]],
    ['rf64_be', [0.1]],
  ]
  for (const [name, numbers] of cases) {
    const dtype = dtypeNamed(name)
    const bytes = dtype && bytesOf(numbers, dtype)
    t.same(dtype && bytes instanceof Uint8Array && numbersOf(bytes, dtype), numbers, name)
  }
  const big = dtypeNamed('ri16_be')
  t.same(big && bytesOf([1], big), Uint8Array.of(0, 1))
})

t.test('what JSON or the dtype cannot hold is refused', async t => {
  const refused: readonly (readonly [string, readonly unknown[]])[] = [
    ['uint8', [256]],
    ['uint8', [-1]],
    ['int16', [1.5]],
    ['uint8', ['1']],
    ['complex64', [1]],
    ['int64', [1]],
    ['float32', [1e39]],
    ['float64', [Number.POSITIVE_INFINITY]],
  ]
  for (const [name, numbers] of refused) {
    const dtype = dtypeNamed(name)
    t.type(dtype && bytesOf(numbers, dtype), 'string', `${name} ${numbers}`)
  }
  const float = dtypeNamed('float32')
  t.equal(float && numbersOf(new Uint8Array(Float32Array.of(Number.NaN).buffer), float), undefined)
  t.equal(float && numbersOf(new Uint8Array(5), float), undefined)
})
