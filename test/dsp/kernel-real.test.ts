// Real samples: their bins, taken apart from those of half as many complex ones.

import t from 'tap'
import { fft, realFft } from '../../src/dsp/fft.ts'
import { planesOf, untanglePass } from '../../src/dsp/kernel-real.ts'
import { finishing } from '../../src/dsp/kernel-scales.ts'
import { rootsOfUnity } from '../../src/dsp/roots.ts'
import { SEPARATE } from '../../src/dsp/wasm.ts'
import { distance, randomNumbers } from '../support/spectrum.ts'
import { running } from '../support/wasm.ts'

t.test('all bins, the first and the last, too', async t => {
  const half = 16
  let end = 64
  const planes = planesOf(half, bytes => {
    const at = end
    end += Math.ceil(bytes / 64) * 64
    return at
  })
  const pass = untanglePass({
    half,
    planes,
    binBytes: 8,
    arithmetic: SEPARATE,
    finish: finishing('complex', SEPARATE),
  })
  const { floats, run } = running(pass)
  const samples = randomNumbers(2 * half, 'real')
  const z = { re: samples.filter((_, n) => n % 2 === 0), im: samples.filter((_, n) => n % 2 === 1) }
  fft(half).forward(z)
  const roots = rootsOfUnity(2 * half)
  floats.set(z.re, planes.re / 4)
  floats.set(z.im, planes.im / 4)
  floats.set(roots.re.subarray(0, half + 1), planes.rootsRe / 4)
  floats.set(roots.im.subarray(0, half + 1), planes.rootsIm / 4)
  floats.fill(0.5, planes.factors / 4, planes.factors / 4 + half + 1)
  floats.fill(3, end / 4, end / 4 + 200)
  run(0, end)
  const { re, im } = realFft(2 * half).forward(samples)
  const right = Array.from(re).flatMap((x, k) => [x, im[k] ?? 0])
  t.ok(distance(floats.subarray(end / 4, end / 4 + right.length), right) < 1e-5)
  t.ok(
    floats.subarray(end / 4 + right.length + 6, end / 4 + 200).every(value => value === 3),
    'only three more are written',
  )
})

t.test('rows have room before and behind them', async t => {
  const taken: number[] = []
  const { re, im } = planesOf(32, bytes => {
    taken.push(bytes)
    return 1000 * taken.length
  })
  t.ok(re - 1000 >= 12 && im - 2000 >= 12)
  t.ok(taken.every(bytes => bytes >= 64 + 37 * 4))
})
