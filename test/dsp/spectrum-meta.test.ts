// What a spectrum says of itself: units, frequencies, window; and what amplitudes are divided by.

import t from 'tap'
import {
  amplitudeFactor,
  isSpectrum,
  type SpectrumForm,
  spectrumMeta,
  windowFigures,
} from '../../src/dsp/spectrum-meta.ts'
import { parseWindow, windowWeights } from '../../src/dsp/window.ts'

const form: SpectrumForm = {
  size: 8,
  window: parseWindow('hann'),
  scale: 'db',
  normalization: 'window',
  order: 'frequency',
}
const samples = { complex: true, double: false, sampleRate: 800 }
const weights = windowWeights(form.window, 8)
const figures = windowFigures(weights)

t.test('the fields of a complex stream', async t => {
  const meta = {
    timestamp: 'T',
    id: 'i',
    seq: 4,
    name: 'A',
    dtype: 'ci16_le',
    shape: [4],
    center_frequency: 1000,
    x: 1,
  }
  t.same(spectrumMeta(form, samples, meta, figures), {
    name: 'A',
    center_frequency: 1000,
    x: 1,
    dtype: 'float32',
    shape: [8],
    sample_rate: 800,
    frequency_start: 600,
    frequency_step: 100,
    scale: 'db',
    unit: 'dBFS',
    fft_size: 8,
    window: 'hann',
    coherent_gain: 0.5,
    enbw: 1.5,
  })
})

t.test('of a real one, without a rate, in the order of the transform, normalized otherwise', async t => {
  const real = spectrumMeta(
    { ...form, normalization: 'size' },
    { complex: false, double: true, sampleRate: undefined },
    {},
    figures,
  )
  t.same([real['dtype'], real['shape'], real['one_sided'], real['normalization']], ['float64', [5], true, 'size'])
  t.notOk('frequency_start' in real)
  const plain = spectrumMeta({ ...form, order: 'transform', scale: 'complex' }, samples, {}, figures)
  t.same([plain['order'], plain['frequency_start'], plain['dtype']], ['transform', 0, 'complex64'])
})

t.test('units follow from the samples’', async t => {
  const unit = (scale: SpectrumForm['scale'], of?: string) =>
    spectrumMeta({ ...form, scale }, samples, of === undefined ? {} : { unit: of }, figures)['unit']
  t.same(
    [unit('db'), unit('power'), unit('psd'), unit('magnitude'), unit('complex')],
    ['dBFS', 'FS²', 'FS²/Hz', 'FS', 'FS'],
  )
  t.same(
    [unit('db', 'V'), unit('psd', 'V'), unit('power', 'm/s'), unit('db', 'm/s')],
    ['dBV', 'V²/Hz', '(m/s)²', 'dB(m/s)'],
  )
})

t.test('what amplitudes are multiplied with', async t => {
  t.equal(amplitudeFactor(form, weights, 800), 1 / 4)
  t.equal(amplitudeFactor({ ...form, normalization: 'size' }, weights, 800), 1 / 8)
  t.equal(amplitudeFactor({ ...form, normalization: 'none' }, weights, 800), 1)
  // Hann's squares sum up to 3/8 of the size.
  t.ok(Math.abs(amplitudeFactor({ ...form, scale: 'psd' }, weights, 800) - 1 / Math.sqrt(2400)) < 1e-15)
})

t.test('what is a spectrum', async t => {
  t.ok(isSpectrum({ scale: 'db', fft_size: 8 }))
  t.notOk(isSpectrum({ dtype: 'float32' }))
  t.notOk(isSpectrum({ scale: 'db' }))
  t.notOk(isSpectrum({ scale: 'celsius', fft_size: 8 }))
})

t.test('figures of a window have no digits of rounding', async t => {
  t.same(windowFigures(windowWeights(parseWindow('hann'), 1000)), { coherent_gain: 0.5, enbw: 1.5 })
})
