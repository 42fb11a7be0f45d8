// Decibels: of every size of power within two hundred-thousandths, and of none at all.

import t from 'tap'
import { decibels, decibelsOf, FLOOR } from '../../src/dsp/decibel-code.ts'
import { hasRelaxedSimd } from '../../src/dsp/relaxed-simd.ts'
import { FUSED, FunctionCode, int, SEPARATE, vector } from '../../src/dsp/wasm.ts'
import { running } from '../support/wasm.ts'

for (const fused of hasRelaxedSimd() ? [true, false] : [false]) {
  t.test(`a polynomial is near enough, ${fused ? 'rounded once' : 'rounded twice'}`, async t => {
    const f = new FunctionCode(2)
    const [at, end] = [f.parameter(0), f.parameter(1)]
    f.loop(() => {
      const power = f.keep(vector.load(at.get, 0))
      f.store(at.get, 65536, decibels(f, power, fused ? FUSED : SEPARATE))
      f.advance(at, 16)
      return int.isBelow(at.get, end.get)
    })
    const { floats, run } = running(f)
    const powers = floats.subarray(0, 16384)
    for (let octave = -126; octave < 127; octave += 1) {
      for (let k = 0; k < 64; k++) powers[(octave + 126) * 64 + k] = 2 ** octave * (1 + k / 64)
    }
    powers.fill(1, 253 * 64)
    run(0, 65536)
    let worst = 0
    for (const [k, power] of powers.entries()) {
      const right = 10 * Math.log10(power)
      // Half a step of a float32 that large comes on top.
      worst = Math.max(worst, Math.abs((floats[16384 + k] ?? 0) - right) - Math.abs(right) * 2 ** -23)
    }
    t.ok(worst < 1.5e-5, `${worst}`)
    t.ok(Math.abs(floats[16384 + 126 * 64] ?? 9) < 1e-6, 'a power of 1 is 0 dB')
  })
}

t.test('one by one: no power is the floor, what is no number stays none', async t => {
  t.equal(decibelsOf(1), 0)
  t.ok(Math.abs(decibelsOf(0) + 379.2977) < 1e-3)
  t.equal(decibelsOf(FLOOR), decibelsOf(0) + 10 * Math.log10(2))
  t.equal(decibelsOf(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY)
  t.ok(Number.isNaN(decibelsOf(Number.NaN)))
})
