// PNG bytes: read back by a reader of our own, and the same each time.

import { inflateSync } from 'node:zlib'
import t from 'tap'
import { COLOR_MAP, shadeOf } from '../../src/chart/color-map.ts'
import { indexedPng } from '../../src/chart/indexed-png.ts'

t.test('what is written is what was given', async t => {
  const shades = Uint8Array.from({ length: 300 * 200 }, (_, k) => (k * 7) % 256)
  const bytes = Buffer.from(indexedPng(shades, 300, COLOR_MAP))
  t.equal(bytes.subarray(1, 4).toString(), 'PNG')
  t.same([bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]], [300, 200, 8, 3])
  const start = bytes.indexOf('IDAT')
  const lines = inflateSync(bytes.subarray(start + 4, start + 4 + bytes.readUInt32BE(start - 4)))
  for (let row = 0; row < 200; row++) {
    t.equal(lines[row * 301], 0)
    if (!lines.subarray(row * 301 + 1, (row + 1) * 301).equals(shades.subarray(row * 300, (row + 1) * 300)))
      t.fail(`row ${row}`)
  }
  t.ok(bytes.equals(indexedPng(shades, 300, COLOR_MAP)))
})

t.test('shades of levels', async t => {
  t.equal(COLOR_MAP.length, 256)
  t.same(
    [-200, -100, -50, 0, 50, Number.NaN].map(level => shadeOf(level, -100, 0)),
    [0, 0, 128, 255, 255, 0],
  )
})
