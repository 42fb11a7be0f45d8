// Payload formats as words, as fields of a meta, and what data of them are.

import t from 'tap'
import { dtypeNamed } from '../../../src/codec/dtype.ts'
import { layoutOf, shapeOf } from '../../../src/codec/vrt/layout.ts'
import {
  formatFields,
  formatOfDtype,
  formatOfFields,
  formatOfWords,
  type PayloadFormat,
  PLAIN,
  wordsOfFormat,
} from '../../../src/codec/vrt/payload.ts'

t.test('every format with a meaning survives its words and its fields', async t => {
  let meant = 0
  for (let code = 0; code < 32; code++) {
    for (const size of [8, 12, 16, 32, 64]) {
      const first = ((0b001 << 29) | (code << 24) | (63 << 6) | (size - 1)) >>> 0
      const format = formatOfWords(first, 0x0001_0002)
      if (!format) continue
      meant++
      t.same(wordsOfFormat(format), [first, 0x0001_0002], `${code} ${size}`)
      t.same(formatOfFields(formatFields(format)), format, `${code} ${size}`)
    }
  }
  t.equal(meant, 16 * 5 + 3)
})

t.test('what is packed into a field must have room there', async t => {
  t.equal(formatOfWords((0b001 << 29) | (7 << 20) | (15 << 6) | 15, 0), undefined)
  t.ok(formatOfWords((0b001 << 29) | (4 << 20) | (15 << 6) | 11, 0))
})

t.test('every dtype that can be sent is what comes back', async t => {
  for (const name of [
    'ri8',
    'ci8',
    'ru8',
    'ri16_be',
    'ci16_be',
    'ru16_be',
    'ri32_be',
    'cf32_be',
    'rf64_be',
    'cf64_be',
    'ri64_be',
  ]) {
    const dtype = dtypeNamed(name)
    const format = dtype && formatOfDtype(dtype)
    t.equal(format && layoutOf(format).dtype, name)
    t.equal(format && layoutOf(format).isPlain, true, name)
  }
  for (const name of ['bool', 'float16']) {
    const dtype = dtypeNamed(name)
    t.equal(dtype && formatOfDtype(dtype), undefined, name)
  }
})

t.test('full scale', async t => {
  const scale = (change: Partial<PayloadFormat>) => layoutOf({ ...PLAIN, ...change }).fullScale
  t.equal(scale({}), 32768)
  t.equal(scale({ number: 'uint' }), 65536)
  t.equal(scale({ number: 'float', itemSize: 32, fieldSize: 32 }), undefined)
  t.equal(scale({ whole: true }), undefined)
  t.equal(scale({ fullScale: 8192 }), 8192)
})

t.test('vectors and polar samples have dimensions of their own', async t => {
  t.same(shapeOf(layoutOf(PLAIN), 40), [10])
  t.same(shapeOf(layoutOf({ ...PLAIN, vector: 5 }), 40), [2, 5])
  const polar = layoutOf({ ...PLAIN, kind: 'polar' })
  t.equal(polar.dtype, 'ri16_be')
  t.same(shapeOf(polar, 40), [10, 2])
})
