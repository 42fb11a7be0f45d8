// Whether the machine has the instructions: said the same each time, and true.

import t from 'tap'
import { hasRelaxedSimd } from '../../src/dsp/relaxed-simd.ts'
import { FUSED, FunctionCode, int, vector } from '../../src/dsp/wasm.ts'
import { running } from '../support/wasm.ts'

t.test('where it says so, they work', async t => {
  const has = hasRelaxedSimd()
  t.equal(hasRelaxedSimd(), has)
  const f = new FunctionCode(0)
  f.store(int.value(0), 16, FUSED.add(vector.value(2), vector.value(3), vector.value(4)))
  if (!has) return t.throws(() => running(f))
  const { floats, run } = running(f)
  run()
  return t.equal(floats[4], 10)
})
