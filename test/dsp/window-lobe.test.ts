// The main lobe of a window: a tone anywhere between two bins is found where it is, as strong as it is.

import t from 'tap'
import { parseWindow, windowWeights } from '../../src/dsp/window.ts'
import { lobeOf } from '../../src/dsp/window-lobe.ts'

/** The decibels of three bins around a tone of 0 dB, so far from the middle one, by the definition of the transform. */
function binsOf(weights: Float64Array, shift: number): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return [-1, 0, 1].map(bin => {
    const part = (of: (angle: number) => number) =>
      weights.reduce((total, weight, n) => total + weight * of((2 * Math.PI * (shift - bin) * n) / weights.length), 0)
    return 20 * Math.log10(Math.hypot(part(Math.cos), part(Math.sin)) / sum)
  })
}

const WINDOWS = [
  'hann',
  'hamming',
  'blackman',
  'blackman-harris',
  'flattop',
  'kaiser:14',
  'gaussian:0.3',
  'rectangular',
]

t.test('a tone between two bins, by every window and at two sizes', async t => {
  for (const name of WINDOWS) {
    for (const size of [64, 4096]) {
      const window = parseWindow(name)
      for (const shift of [-0.5, -0.3, -0.01, 0.125, 0.49]) {
        const [before = 0, level = 0, after = 0] = binsOf(windowWeights(window, size), shift)
        const place = lobeOf(window, size)(before, after)
        t.ok(Math.abs(place.shift - shift) < 0.01, `${name} ${size} ${shift}: ${place.shift}`)
        t.ok(Math.abs(level + place.gain) < 0.01, `${name} ${size} ${shift}: ${level + place.gain} dB`)
      }
    }
  }
})

t.test('in the middle nothing is added, beyond the lobe no more than at its edge', async t => {
  const lobe = lobeOf(parseWindow('hann'), 1024)
  t.same(lobe(-26, -26), { shift: 0, gain: 0 })
  t.equal(lobe(-300, -1).shift, 0.5)
  t.equal(lobe(-1, -300).shift, -0.5)
  t.ok(Math.abs(lobe(-300, -1).gain - 1.42) < 0.01)
})
