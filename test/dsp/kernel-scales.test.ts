// What four bins of 3 + 4i, 0, 1 and -2i become on each scale.

import t from 'tap'
import { decibelsOf } from '../../src/dsp/decibel-code.ts'
import { binBytes, finishing, SCALES } from '../../src/dsp/kernel-scales.ts'
import { FunctionCode, int, SEPARATE, vector } from '../../src/dsp/wasm.ts'
import { distance } from '../support/spectrum.ts'
import { running } from '../support/wasm.ts'

const RIGHT = {
  complex: [3, 4, 0, 0, 1, 0, 0, -2],
  magnitude: [5, 0, 1, 2],
  power: [25, 0, 1, 4],
  db: [25, 0, 1, 4].map(decibelsOf),
}

for (const scale of SCALES) {
  t.test(scale, async t => {
    const f = new FunctionCode(0)
    const { put, end } = finishing(scale, 1024, SEPARATE)(f)
    put(int.value(0), 64, { re: vector.value(3, 0, 1, 0), im: vector.value(4, 0, 0, -2) })
    end?.()
    const { floats, run } = running(f)
    run()
    const right = RIGHT[scale]
    t.ok(distance(floats.subarray(16, 16 + right.length), right) < 1e-4)
    t.equal(binBytes(scale), right.length)
    if (scale === 'db')
      t.same(
        [...floats.subarray(256, 260)],
        [25, 0, 1, 4].map(power => Math.fround(power + 2 ** -126)),
      )
  })
}
