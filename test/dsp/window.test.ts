// Windows: published values, SciPy's, what they do to amplitudes and noise, and the texts that name them.

import t from 'tap'
import { coherentGain, noiseBandwidth, parseWindow, windowText, windowWeights } from '../../src/dsp/window.ts'
import { UsageError } from '../../src/errors.ts'
import { distance, vectors } from '../support/spectrum.ts'

const weights = (text: string, length: number) => windowWeights(parseWindow(text), length)

/** The first half is given; the second mirrors it. */
function symmetric(half: readonly number[]): number[] {
  return [...half, ...half.toReversed()]
}

t.test('symmetric windows have the published weights', async t => {
  const published: readonly (readonly [string, readonly number[]])[] = [
    ['hann', [0, 0.1882550991, 0.611260467, 0.950484434]],
    ['hann', [0, 0.07937323, 0.29229249, 0.57115742, 0.82743037, 0.97974649]],
    ['hamming', [0.08, 0.2531946911, 0.6423596296, 0.9544456792]],
    ['blackman', [0, 0.0904534244, 0.4591829575, 0.9203636181]],
    ['blackman-harris', [0.00006, 0.0333917235, 0.3328335043, 0.8893697722]],
    ['flattop', [-0.000421051, -0.0368407812, 0.0107037167, 0.7808739149]],
  ]
  for (const [name, half] of published) {
    t.ok(distance(weights(`${name},symmetric`, half.length * 2), symmetric(half)) < 6e-9, name)
  }
  t.same([...weights('hann,symmetric', 1)], [1])
  t.same([...weights('hann,symmetric', 2)], [0, 0])
  t.same([...weights('hann,symmetric', 3)], [0, 1, 0])
  t.ok(distance(weights('hann', 8).subarray(0, 5), [0, 0.1464466094, 0.5, 0.8535533906, 1]) < 1e-10)
})

t.test('every window agrees with SciPy', async t => {
  for (const { window, length, weights: expected } of vectors().windows) {
    t.ok(distance(weights(window, length), expected) < 1e-14, `${window} of ${length}`)
  }
})

t.test('coherent gain and noise bandwidth are the published ones', async t => {
  const published: readonly (readonly [string, number, number])[] = [
    ['rectangular', 1, 1],
    ['hann', 0.5, 1.5],
    ['hamming', 0.54, 1.362826],
    ['blackman', 0.42, 1.726757],
    ['blackman-harris', 0.35875, 2.004353],
    ['flattop', 0.21557895, 3.770246],
    ['hann,symmetric', 0.49951171875, 1.501466],
  ]
  for (const [name, gain, bandwidth] of published) {
    const made = weights(name, 1024)
    t.ok(Math.abs(coherentGain(made) - gain) < 1e-12, `${name}: ${coherentGain(made)}`)
    t.ok(Math.abs(noiseBandwidth(made) - bandwidth) < 1e-6, `${name}: ${noiseBandwidth(made)}`)
  }
})

t.test('a periodic window is a symmetric one of a sample more without its last', async t => {
  for (const name of ['hann', 'flattop', 'kaiser:5', 'gaussian']) {
    for (const length of [2, 9, 64])
      t.equal(distance(weights(name, length), weights(`${name},symmetric`, length + 1).subarray(0, length)), 0)
  }
})

t.test('names are read and written', async t => {
  t.same(parseWindow('hann'), { name: 'hann', parameter: 0, symmetric: false })
  t.same(parseWindow('kaiser:14,symmetric'), { name: 'kaiser', parameter: 14, symmetric: true })
  t.same(parseWindow('gaussian,periodic'), { name: 'gaussian', parameter: 0.4, symmetric: false })
  for (const text of ['hann', 'hann,symmetric', 'kaiser:14', 'gaussian:0.3,symmetric'])
    t.equal(windowText(parseWindow(text)), text)
})

t.test('what is no window is told, with what was expected', async t => {
  for (const [text, message] of [
    ['han', /unknown window 'han': expected rectangular, hann/],
    ['', /unknown window ''/],
    ['toString', /unknown window/],
    ['hann:3', /hann has no parameter/],
    ['kaiser:', /expected a number/],
    ['kaiser:x', /expected a number/],
    ['gaussian:0', /for example gaussian:0.4/],
    ['kaiser:-1', /expected a number/],
    ['hann,both', /periodic or symmetric/],
  ] as const) {
    t.throws(() => parseWindow(text), { message, constructor: UsageError }, text)
  }
})
