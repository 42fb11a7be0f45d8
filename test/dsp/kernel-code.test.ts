// The kernel's memory and module.

import t from 'tap'
import { kernelCode, layoutOf, middleStrides } from '../../src/dsp/kernel-code.ts'
import { SCALES } from '../../src/dsp/kernel-scales.ts'

t.test('the passes between the first and the last', async t => {
  t.same(middleStrides(16), [])
  t.same(middleStrides(32), [4])
  t.same(middleStrides(64), [4])
  t.same(middleStrides(1024), [4, 16, 64])
  t.same(middleStrides(2048), [4, 16, 64, 256])
})

t.test('nothing in the memory overlaps', async t => {
  for (const size of [16, 32, 64, 1024, 2048]) {
    const { sums, window, tables, work, planes, end } = layoutOf(size, { real: true })
    const rows = planes ? [planes.re, planes.im, planes.rootsRe, planes.rootsIm, planes.factors] : []
    const starts = [sums, window, ...tables, ...work, ...rows, end]
    const middle = middleStrides(size).map(stride => (size / stride / 4) * 24)
    const lengths = [16, size * 8, size * 8, ...middle, size * 8, size * 8, ...rows.map(() => (size + 5) * 4 + 16)]
    for (const [index, length] of lengths.entries()) {
      t.equal((starts[index] ?? 0) % 64, 0)
      t.ok((starts[index] ?? 0) + length <= (starts[index + 1] ?? 0), `${size}: part ${index}`)
    }
  }
})

t.test('a module for each scale, in memory that may be shared', async t => {
  for (const scale of SCALES)
    for (const shared of [false, true]) {
      for (const real of [false, true]) {
        const layout = layoutOf(128, { real })
        const bytes = kernelCode({ size: 128, scale, shift: false, fused: false, shared, layout })
        t.ok(WebAssembly.validate(bytes), `${scale} ${real}`)
      }
    }
})
