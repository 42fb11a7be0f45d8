// What is made of a bin.

import t from 'tap'
import { fromPower, numbersPerBin, putBin } from '../../src/dsp/scale.ts'

t.test('a bin of 3 + 4i on each scale', async t => {
  const row = (scale: 'complex' | 'magnitude' | 'power' | 'db') => {
    const to = new Float64Array(2 * numbersPerBin(scale))
    putBin(to, 1, scale, 3, 4)
    return [...to]
  }
  t.same(row('complex'), [0, 0, 3, 4])
  t.same(row('magnitude'), [0, 5])
  t.same(row('power'), [0, 25])
  t.ok(Math.abs((row('db')[1] ?? 0) - 13.9794) < 1e-4)
})

t.test('a power on each scale', async t => {
  t.equal(fromPower(100, 'magnitude'), 10)
  t.equal(fromPower(100, 'power'), 100)
  t.ok(Math.abs(fromPower(100, 'db') - 20) < 1e-12)
})
