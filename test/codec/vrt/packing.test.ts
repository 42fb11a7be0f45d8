// Payloads whose items lie in every way that the standard has.

import t from 'tap'
import { layoutOf } from '../../../src/codec/vrt/layout.ts'
import { lengthOf, pack, unpack } from '../../../src/codec/vrt/packing.ts'
import { type PayloadFormat, PLAIN } from '../../../src/codec/vrt/payload.ts'
import { randomNumbers } from '../../support/chunking.ts'
import { bytesOfHex } from '../../support/vrt.ts'

const REAL: PayloadFormat = { ...PLAIN, kind: 'real' }
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

t.test('12 bits one after the other, and in halves of a word', async t => {
  const format = { ...REAL, itemSize: 12, fieldSize: 12 }
  const link = layoutOf({ ...format, packing: 'link' })
  t.same([link.dtype, link.fullScale, link.isPlain], ['ri16_be', 32768, false])
  t.equal(hex(unpack(bytesOfHex('7ff80012 3abc0000'), link, 16)), '7ff080001230abc0')
  const processing = layoutOf(format)
  t.equal(hex(unpack(bytesOfHex('7ff800ff 123abcff'), processing)), '7ff080001230abc0')
})

t.test('items at the left of larger fields, with tags at the right', async t => {
  const layout = layoutOf({ ...REAL, itemSize: 12, fieldSize: 16, eventTag: 1, channelTag: 2 })
  t.equal(layout.isPlain, false)
  t.equal(hex(unpack(bytesOfHex('123f800f'), layout)), '12308000')
  t.equal(layoutOf({ ...REAL, itemSize: 14, fieldSize: 16 }).isPlain, true)
})

t.test('whole numbers are not shifted, and keep their sign', async t => {
  const layout = layoutOf({ ...REAL, itemSize: 12, fieldSize: 16, whole: true })
  t.same([layout.dtype, layout.fullScale], ['ri16_be', undefined])
  t.equal(hex(unpack(bytesOfHex('fff08000'), layout)), 'fffff800')
})

t.test('floats of the standard: a fraction, and an exponent whose largest value means 1', async t => {
  const layout = layoutOf({ ...REAL, itemSize: 16, fieldSize: 16, exponent: 4 })
  t.equal(layout.dtype, 'rf32_be')
  // 0x400 of 12 bits is 0.5; exponents 15 and 14 are 2^0 and 2^-1; 0x800 is -1.
  const view = new DataView(unpack(bytesOfHex('400f400e 800f800d'), layout).buffer)
  t.same(
    [0, 4, 8, 12].map(at => view.getFloat32(at)),
    [0.5, 0.25, -1, -0.25],
  )
  t.equal(layoutOf({ ...REAL, itemSize: 40, fieldSize: 64, exponent: 6 }).dtype, 'rf64_be')
})

t.test('floats of 16 bits', async t => {
  const layout = layoutOf({ ...REAL, number: 'float' })
  const bytes = bytesOfHex('3c00c000 7bff0001 7c008000')
  const view = new DataView(unpack(bytes, layout).buffer)
  t.same(
    [0, 4, 8, 12, 16, 20].map(at => view.getFloat32(at)),
    [1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY, -0],
  )
  t.equal(hex(pack(new Uint8Array(view.buffer), layout)), hex(bytes))
})

t.test('packed and unpacked: every size, both packings', async t => {
  const next = randomNumbers(3)
  for (const packing of ['processing', 'link'] as const) {
    for (const number of ['int', 'uint'] as const) {
      for (let itemSize = 1; itemSize <= 64; itemSize++) {
        for (const fieldSize of new Set([itemSize, Math.min(64, itemSize + 5)])) {
          const layout = layoutOf({ ...REAL, packing, number, itemSize, fieldSize })
          const count = 37
          const bits = lengthOf(count, layout.format)
          const payload = new Uint8Array(Math.ceil(bits / 32) * 4).map(() => Math.floor(next() * 256))
          const padding = payload.length * 8 - bits
          const data = unpack(payload, layout, padding)
          t.equal(data.length, (count * layout.bits) / 8, `${packing} ${number} ${itemSize}/${fieldSize}`)
          const again = unpack(pack(data, layout), layout, padding)
          t.equal(hex(again), hex(data), `${packing} ${number} ${itemSize}/${fieldSize}`)
        }
      }
    }
  }
})

t.test('floats of the standard survive being packed', async t => {
  for (let exponent = 1; exponent <= 6; exponent++) {
    for (const number of ['int', 'uint'] as const) {
      const layout = layoutOf({ ...REAL, number, itemSize: 24, fieldSize: 32, exponent })
      const values = [0.75, 0.5, 0.001, 0, 0.999, ...(number === 'int' ? [-0.75, -1] : [])]
      const data = new DataView(new ArrayBuffer(values.length * 4))
      for (const [index, value] of values.entries()) data.setFloat32(index * 4, value)
      const view = new DataView(unpack(pack(new Uint8Array(data.buffer), layout), layout).buffer)
      for (const [index, value] of values.entries()) {
        t.ok(Math.abs(view.getFloat32(index * 4) - value) <= 2 ** -17, `${number} ${exponent} ${value}`)
      }
    }
  }
})
