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

t.test('a power that is not finite changes nothing in the rows beside it', async t => {
  const size = 32
  const weights = new Float64Array(size).fill(1 / size)
  for (const complex of [true, false]) {
    for (const threaded of [true, false]) {
      const transform = kernelTransform({ ...settings, scale: 'db', size, complex, weights, threaded })
      const block = size * (complex ? 2 : 1)
      for (let n = 0; n < 4 * block; n++) transform.input[n] = Math.sin(n * n)
      const bins = transform.bins
      const right = [...transform.run(0, size, 4).subarray(0, 4 * bins)]
      transform.input[block + 5] = Number.NaN
      transform.input[2 * block + 5] = 1e30
      const rows = [...transform.run(0, size, 4).subarray(0, 4 * bins)]
      for (const row of [0, 3])
        t.same(rows.slice(row * bins, (row + 1) * bins), right.slice(row * bins, (row + 1) * bins))
      t.ok(rows.slice(bins, 2 * bins).every(Number.isNaN))
      t.ok(
        rows.slice(2 * bins, 3 * bins).every(level => level > 300),
        'more than a power in float32 can be',
      )
    }
  }
})
