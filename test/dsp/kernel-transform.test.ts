// The ways by the kernel: their room, and a tone in each. Agreement with the definition is in transform.test.ts.

import t from 'tap'
import { kernelTransform } from '../../src/dsp/kernel-transform.ts'

const settings = { scale: 'power', shift: false, double: false, oneSided: true } as const

t.test('as many blocks fit as the transform says, at any hop up to the size', async t => {
  for (const size of [32, 1024, 65536]) {
    const weights = new Float64Array(size).fill(1 / size)
    for (const complex of [true, false]) {
      const transform = kernelTransform({
        ...settings,
        size,
        complex,
        weights,
      })
      transform.input.fill(complex ? 0 : 1)
      const rows = transform.run(0, size, transform.blocks)
      t.equal(rows.length, transform.blocks * transform.bins, `${size}`)
      t.ok(transform.input.length >= (transform.blocks + 1) * size * (complex ? 2 : 1))
      if (!complex) t.equal(rows[(transform.blocks - 1) * transform.bins], 1)
    }
  }
})

t.test('a real tone is where it belongs, with its mean square', async t => {
  const size = 256
  const transform = kernelTransform({
    ...settings,
    size,
    complex: false,
    weights: new Float64Array(size).fill(1 / size),
  })
  for (let n = 0; n < size; n++) transform.input[n] = 3 * Math.cos((2 * Math.PI * 17 * n) / size)
  const row = transform.run(0, size, 1)
  t.ok(Math.abs((row[17] ?? 0) - 4.5) < 1e-5)
  t.ok(row.subarray(0, 129).every((power, k) => k === 17 || power < 1e-10))
})
