// Corrections of samples: offset, swapped parts, imbalance that is known or found.

import t from 'tap'
import { correctSamples, estimateImbalance, type SampleCorrection } from '../../src/dsp/correct-samples.ts'
import { distance } from '../support/spectrum.ts'

const NONE: SampleCorrection = { swap: false, removeMean: false, imbalance: undefined }

/** A tone with Q of another gain and phase. */
function tone(gain = 1, phase = 0, length = 1000): Float64Array {
  return Float64Array.from({ length: 2 * length }, (_, at) => {
    const angle = (2 * Math.PI * 7 * (at >> 1)) / length
    return at % 2 === 0 ? Math.cos(angle) : gain * Math.sin(angle + phase)
  })
}

function correct(samples: Float64Array, correction: Partial<SampleCorrection>): Float64Array {
  const data = new Uint8Array(samples.slice().buffer)
  const made = correctSamples(data, { dtype: 'complex128' }, { ...NONE, ...correction })
  return new Float64Array(made?.data.buffer ?? new ArrayBuffer(0))
}

t.test('an imbalance is found and taken away', async t => {
  const phase = (5 * Math.PI) / 180
  const bad = tone(0.9, phase)
  const found = estimateImbalance(bad)
  t.ok(Math.abs(found.gain - 0.9) < 1e-12 && Math.abs(found.phase - phase) < 1e-12)
  t.ok(distance(correct(bad, { imbalance: 'estimate' }), tone()) < 1e-12)
  t.ok(distance(correct(bad, { imbalance: { gain: 0.9, phase } }), tone()) < 1e-12)
})

t.test('what is right stays right; nothing makes no NaN', async t => {
  t.ok(distance(correct(tone(), { imbalance: 'estimate' }), tone()) < 1e-12)
  for (const odd of [new Float64Array(20), Float64Array.of(1, 0, 2, 0), Float64Array.of(1, 1, 2, 2)])
    t.same([...correct(odd, { imbalance: 'estimate' })], [...odd])
})

t.test('offsets of both parts, and swapped parts', async t => {
  t.same([...correct(Float64Array.of(1, 10, 3, 20), { removeMean: true })], [-1, -5, 1, 5])
  t.same([...correct(Float64Array.of(1, 10, 3, 20), { swap: true })], [10, 1, 20, 3])
})

t.test('integers become fractions of full scale; real samples have no Q', async t => {
  const int = correctSamples(Uint8Array.of(0, 0x20, 0, 0xe0), { dtype: 'ci16_le', full_scale: 16384 }, NONE)
  t.same(int?.fields, { dtype: 'complex64' })
  t.same([...new Float32Array(int?.data.buffer ?? new ArrayBuffer(0))], [0.5, -0.5])
  const unsigned = correctSamples(Uint8Array.of(0xc0, 0x40), { dtype: 'cu8', full_scale: 256 }, NONE)
  t.same([...new Float32Array(unsigned?.data.buffer ?? new ArrayBuffer(0))], [0.5, -0.5])
  const real = correctSamples(
    Uint8Array.of(0x40, 0xc0),
    { dtype: 'int8' },
    { swap: true, removeMean: true, imbalance: 'estimate' },
  )
  t.same(real?.fields, { dtype: 'float32' })
  t.same([...new Float32Array(real?.data.buffer ?? new ArrayBuffer(0))], [0.5, -0.5])
})

t.test('what has no samples', async t => {
  t.equal(correctSamples(new Uint8Array(4), { dtype: 'bool' }, NONE), undefined)
  t.equal(correctSamples(new Uint8Array(5), { dtype: 'complex64' }, NONE), undefined)
})

t.test('a full scale of nothing is none', async t => {
  const data = Uint8Array.of(0, 64)
  const made = correctSamples(data, { dtype: 'int16', full_scale: 0 }, NONE)
  t.same([...new Float32Array(made?.data.buffer ?? new ArrayBuffer(0))], [0.5])
})
