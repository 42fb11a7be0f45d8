// Frequencies of bins: around a centre, from zero, for even and odd sizes.

import t from 'tap'
import { axisIn, axisOf } from '../../src/dsp/frequency-axis.ts'

const sampling = { complex: true, sampleRate: 1000, centerFrequency: 1e6, order: 'frequency' } as const

t.test('complex samples span their rate around the centre', async t => {
  t.same(axisOf({ ...sampling, size: 4 }), { start: 999_500, step: 250 })
  t.same(axisOf({ ...sampling, size: 5 }), { start: 999_600, step: 200 })
  t.same(axisOf({ ...sampling, size: 4, centerFrequency: undefined }), { start: -500, step: 250 })
  t.same(axisOf({ ...sampling, size: 4, order: 'transform' }), { start: 1e6, step: 250 })
})

t.test('real samples span half of it', async t => {
  const real = { ...sampling, complex: false, size: 4 }
  t.same(axisOf({ ...real, centerFrequency: undefined }), { start: 0, step: 250 })
  t.same(axisOf(real), { start: 999_750, step: 250 })
  t.same(axisOf({ ...real, ifFrequency: 280 }), { start: 999_720, step: 250 })
  t.same(axisOf({ ...sampling, size: 4, ifFrequency: 100 }), { start: 999_400, step: 250 })
})

t.test('a meta tells both or none', async t => {
  t.same(axisIn({ frequency_start: -5, frequency_step: 2 }), { start: -5, step: 2 })
  t.equal(axisIn({ frequency_start: -5 }), undefined)
  t.equal(axisIn({ frequency_start: '1', frequency_step: 2 }), undefined)
})
