// What four bins of 3 + 4i, 0, 1 and -2i become on each scale.

import t from 'tap'
import { FLOOR } from '../../src/dsp/decibel-code.ts'
import { binBytes, decibelPass, finishing, SCALES } from '../../src/dsp/kernel-scales.ts'
import { FunctionCode, int, SEPARATE, vector } from '../../src/dsp/wasm.ts'
import { distance } from '../support/spectrum.ts'
import { running } from '../support/wasm.ts'

const RIGHT = {
  complex: [3, 4, 0, 0, 1, 0, 0, -2],
  magnitude: [5, 0, 1, 2],
  power: [25, 0, 1, 4],
  // Powers as yet.
  db: [25 + FLOOR, FLOOR, 1, 4],
}

for (const scale of SCALES) {
  t.test(scale, async t => {
    const f = new FunctionCode(0)
    const { put, end } = finishing(scale, SEPARATE)(f)
    put(int.value(0), 64, { re: vector.value(3, 0, 1, 0), im: vector.value(4, 0, 0, -2) })
    end?.()
    const { floats, run } = running(f)
    run()
    const right = RIGHT[scale]
    t.ok(distance(floats.subarray(16, 16 + right.length), right) < 1e-4)
    t.equal(binBytes(scale), right.length)
  })
}

t.test('decibels of a row, and what tells of powers that are not finite', async t => {
  const powers = [25, FLOOR, 1, 4, 1e30]
  const { floats, run } = running(decibelPass(powers.length * 4, 1024, SEPARATE))
  floats.fill(1, 16, 48)
  floats.set(powers, 16)
  run(0, 64)
  t.ok(
    distance(
      floats.subarray(16, 21),
      powers.map(power => 10 * Math.log10(power)),
    ) < 1e-4,
  )
  t.ok(
    floats.subarray(21, 32).every(value => value === 1),
    'the row behind it may be there already',
  )
  t.ok(floats.subarray(256, 260).every(Number.isFinite))
  for (const wrong of [Number.POSITIVE_INFINITY, Number.NaN]) {
    for (const place of [18, 20]) {
      floats.set(powers, 16)
      floats[place] = wrong
      run(0, 64)
      t.notOk(floats.subarray(256, 260).every(Number.isFinite), `${wrong}`)
      floats.fill(0, 256, 260)
    }
  }
})
