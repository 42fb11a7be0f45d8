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
        const place = lobeOf(window, size).placeOf(before, after)
        t.ok(Math.abs(place.shift - shift) < 0.01, `${name} ${size} ${shift}: ${place.shift}`)
        t.ok(Math.abs(level + place.gain) < 0.01, `${name} ${size} ${shift}: ${level + place.gain} dB`)
      }
    }
  }
})

t.test('a tone by a symmetric window, which is all but periodic where it is large', async t => {
  const window = parseWindow('hann,symmetric')
  for (const size of [64, 4096]) {
    const [before = 0, level = 0, after = 0] = binsOf(windowWeights(window, size), 0.4)
    const place = lobeOf(window, size).placeOf(before, after)
    t.ok(Math.abs(place.shift - 0.4) < 0.001, `${size}: ${place.shift}`)
    t.ok(Math.abs(level + place.gain) < 0.001, `${size}: ${level + place.gain} dB`)
  }
})

t.test('in the middle nothing is added, beyond the lobe no more than at its edge', async t => {
  const { placeOf } = lobeOf(parseWindow('hann'), 1024)
  t.same(placeOf(-26, -26), { shift: 0, gain: 0 })
  t.equal(placeOf(-300, -1).shift, 0.5)
  t.equal(placeOf(-1, -300).shift, -0.5)
  t.ok(Math.abs(placeOf(-300, -1).gain - 1.42) < 0.01)
})

t.test('its width is that to the first zero', async t => {
  const widthOf = (text: string, size = 1024) => lobeOf(parseWindow(text), size).width
  t.same(
    ['rectangular', 'hann', 'hamming', 'blackman', 'blackman-harris', 'flattop'].map(text => widthOf(text)),
    [1, 2, 2, 3, 4, 5],
  )
  // Kaiser and Schafer: the root of 1 + (beta / pi)².
  t.ok(Math.abs(widthOf('kaiser:14') - 4.567) < 1 / 16)
  t.same(
    [1, 2, 16].map(size => widthOf('flattop', size)),
    [1, 1, 5],
  )
})

t.test('a window is forgotten when there were many others, and made again', async t => {
  const hann = parseWindow('hann')
  const lobe = lobeOf(hann, 64)
  t.equal(lobeOf(hann, 64), lobe)
  for (let beta = 1; beta <= 64; beta++) lobeOf(parseWindow(`kaiser:${beta}`), 16)
  t.not(lobeOf(hann, 64), lobe)
  t.same(lobeOf(hann, 64).placeOf(-7, -3), lobe.placeOf(-7, -3))
})
