// Corrections of spectra, on every scale: levels, inversion, the middle, what is left of the band.

import t from 'tap'
import { type SpectrumCorrection, spectrumCorrector } from '../../src/dsp/correct-spectrum.ts'
import { modeNamed, profileNamed } from '../../src/dsp/receiver-profiles.ts'
import type { Meta } from '../../src/packet.ts'
import { distance } from '../support/spectrum.ts'

const NONE: SpectrumCorrection = {
  offset: 0,
  gain: undefined,
  reference: undefined,
  table: undefined,
  profile: undefined,
  mode: undefined,
  inversion: 'auto',
  maskMiddle: false,
  band: undefined,
}
const META = {
  dtype: 'float64',
  shape: [8],
  scale: 'db',
  fft_size: 8,
  frequency_start: 96,
  frequency_step: 1,
  coherent_gain: 0.5,
}
const LEVELS = [-10, -20, -30, -40, -50, -60, -70, -80]

function correct(options: Partial<SpectrumCorrection>, meta: Meta = {}, numbers: readonly number[] = LEVELS) {
  const data = new Uint8Array(Float64Array.from(numbers).buffer)
  const made = spectrumCorrector({ ...NONE, ...options })(data, { ...META, ...meta })
  if ('reason' in made) return made.reason
  return made.map(part => ({ meta: part.meta, numbers: [...new Float64Array(part.data.slice().buffer)] }))
}

function numbersOf(made: ReturnType<typeof correct>): readonly number[] {
  if (typeof made === 'string') throw new Error(made)
  return made.flatMap(({ numbers }) => numbers)
}

const change = (options: Partial<SpectrumCorrection>, meta: Meta = {}) =>
  numbersOf(correct(options, meta)).map((level, k) => Math.round((level - (LEVELS[k] ?? 0)) * 1e6) / 1e6)

t.test('offset, gain and reference level', async t => {
  t.same(change({ offset: 3 }), Array(8).fill(3))
  t.same(change({ gain: 20 }), Array(8).fill(-20))
  t.same(change({ gain: 'meta' }, { gain: [10, 5] }), Array(8).fill(-15))
  t.same(change({ reference: -10, offset: 1 }), Array(8).fill(-9))
  t.same(change({ reference: 'meta' }, { reference_level: -30 }), Array(8).fill(-30))
  const [one] = correct({ reference: -10 }) as unknown as readonly { readonly meta: Meta }[]
  t.equal(one?.meta['unit'], 'dBm')
  t.equal(correct({ reference: -10 }, { unit: 'dBm' }), 'absolute already')
  t.same(change({ offset: -10 }, { unit: 'dBm' }), Array(8).fill(-10), 'an offset is not')
  t.equal(correct({ reference: 'meta' }), 'no reference level')
  t.equal(correct({ gain: 'meta' }, { gain: 'high' }), 'no gain')
})

t.test('the same on other scales', async t => {
  const ratio = (scale: string) =>
    numbersOf(correct({ offset: 20 }, { scale }, Array(8).fill(2))).map(x => Math.round(x * 1e9) / 2e9)
  t.same(ratio('power'), Array(8).fill(100))
  t.same(ratio('psd'), Array(8).fill(100))
  t.same(ratio('magnitude'), Array(8).fill(10))
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
  const complex = correct({ offset: 20, inversion: 'always' }, { scale: 'complex', dtype: 'complex128' }, numbers)
  t.ok(
    distance(
      numbersOf(complex),
      [1, -2, 15, -16, 13, -14, 11, -12, 9, -10, 7, -8, 5, -6, 3, -4].map(x => x * 10),
    ) < 1e-12,
    'of the conjugate samples',
  )
})

t.test('a table by frequency, once for each axis', async t => {
  const corrector = spectrumCorrector({ ...NONE, table: frequency => frequency - 100 })
  const data = () => new Uint8Array(new Float64Array(8).buffer)
  const at = (start: number) => {
    const made = corrector(data(), { ...META, frequency_start: start })
    return 'reason' in made ? [] : [...new Float64Array(made[0]?.data.slice().buffer ?? new ArrayBuffer(0))]
  }
  t.same(at(96), [-4, -3, -2, -1, 0, 1, 2, 3])
  t.same(at(200), [100, 101, 102, 103, 104, 105, 106, 107])
})

t.test('a table counts from where the mode says that the middle is, as the frequencies that are told do', async t => {
  const mode = modeNamed(profileNamed('wsa5000'), 'SH')
  const real = { fft_size: 1024, one_sided: true, shape: [513], frequency_start: 0, frequency_step: 125e6 / 1024 }
  const [usable] = correct({ mode, table: frequency => frequency / 1e6 }, real, Array(513).fill(0)) as unknown as [
    { readonly meta: Meta; readonly numbers: readonly number[] },
  ]
  t.ok(Math.abs((usable.numbers[0] ?? 0) - Number(usable.meta['frequency_start']) / 1e6) < 1e-9)
})

t.test('the dtype is that of the numbers, whatever order of bytes they came in', async t => {
  const swapped = Buffer.from(Float32Array.from(LEVELS).buffer).swap32()
  const made = spectrumCorrector({ ...NONE, offset: 1 })(swapped, { ...META, dtype: '>f4' })
  if ('reason' in made) throw new Error(made.reason)
  t.equal(made[0]?.meta['dtype'], 'float32')
  t.same(
    [...new Float32Array(made[0]?.data.slice().buffer ?? new ArrayBuffer(0))],
    LEVELS.map(level => level + 1),
  )
})

t.test('a profile wants amplitudes divided by the size, whatever they were divided by', async t => {
  const wsa4000 = { profile: profileNamed('wsa4000') }
  const meta = { reference_level: -10 }
  t.same(change(wsa4000, { ...meta, normalization: 'size' }), Array(8).fill(5.7678))
  t.same(change(wsa4000, meta), Array(8).fill(-0.2528))
  t.same(change(wsa4000, { ...meta, normalization: 'none' }), Array(8).fill(-12.294))
  const real = { ...meta, one_sided: true, fft_size: 14 }
  t.same(change(wsa4000, real), [-0.2528, ...Array(6).fill(-3.2631), -0.2528])
  t.equal(correct(wsa4000), 'no reference level')
})

t.test('inversion is an exact mirror at frequency 0', async t => {
  const mirrored = [-10, -80, -70, -60, -50, -40, -30, -20]
  t.same(numbersOf(correct({ inversion: 'always' })), mirrored)
  t.same(numbersOf(correct({}, { spectral_inversion: true })), mirrored)
  t.same(numbersOf(correct({ inversion: 'never' }, { spectral_inversion: true })), LEVELS)
  t.same(numbersOf(correct({ inversion: 'always' }, { order: 'transform' })), mirrored)
  t.same(numbersOf(correct({ inversion: 'always' }, { one_sided: true, fft_size: 14 })), LEVELS.toReversed())
  const [one] = correct({}, { spectral_inversion: true }) as unknown as readonly { readonly meta: Meta }[]
  t.equal(one?.meta['spectral_inversion'], false)
})

t.test('the middle becomes the mean of its neighbours', async t => {
  t.same(numbersOf(correct({ maskMiddle: true }, {}, [0, 0, 0, 4, 99, 8, 0, 0]))[4], 6)
  t.same(numbersOf(correct({ maskMiddle: true }, { order: 'transform' }, [99, 4, 0, 0, 0, 0, 0, 8]))[0], 6)
  t.same(numbersOf(correct({ maskMiddle: true }, { one_sided: true, fft_size: 14 }, [99, 4, 0, 0, 0, 0, 0, 8]))[0], 4)
})

t.test('a band, of one spectrum and of several in a packet', async t => {
  const [one] = correct({ band: { from: 97, to: 99.5 } }) as unknown as readonly {
    readonly meta: Meta
    readonly numbers: number[]
  }[]
  t.same(one?.numbers, [-20, -30, -40])
  t.match(one?.meta, { shape: [3], frequency_start: 97, frequency_step: 1 })
  const rows = correct({ band: { from: 102, to: 200 } }, { shape: [2, 8] }, [...LEVELS, ...LEVELS.map(x => x - 1)])
  t.same(numbersOf(rows), [-70, -80, -71, -81])
  t.same(numbersOf(correct({ band: { from: 1, to: 2 } })), [])
})

t.test('what is usable of a mode: two parts around the oscillator, the middle where it is', async t => {
  const levels = Array.from({ length: 1024 }, (_, k) => k)
  const meta = { fft_size: 1024, shape: [1024], frequency_start: -62.5e6, frequency_step: 125e6 / 1024 }
  const parts = correct({ mode: modeNamed(profileNamed('wsa4000'), 'ZIF') }, meta, levels)
  if (typeof parts === 'string') throw new Error(parts)
  t.same(
    parts.map(({ numbers, meta }) => [numbers[0], numbers.length, meta['frequency_start']]),
    [
      [143, 367, -62.5e6 + (143 * 125e6) / 1024],
      [513, 367, -62.5e6 + (513 * 125e6) / 1024],
    ],
  )
  const real = { fft_size: 1024, one_sided: true, shape: [513], frequency_start: 0, frequency_step: 125e6 / 1024 }
  const shifted = correct({ mode: modeNamed(profileNamed('wsa5000'), 'SH') }, real, levels.slice(0, 513))
  if (typeof shifted === 'string') throw new Error(shifted)
  t.ok(Math.abs(Number(shifted[0]?.meta['frequency_start']) - (122 * 125e6) / 1024 + 3.75e6) < 1e-3)
  t.equal(correct({ mode: modeNamed(profileNamed('wsa5000'), 'SH') }, meta, levels), 'another mode')
})

t.test('what cannot be corrected is named', async t => {
  t.equal(correct({}, { dtype: 'int8' }), 'no whole spectrum')
  t.equal(correct({}, { shape: [3, 8] }, [1, 2, 3, 4]), 'no whole spectrum')
  t.equal(correct({ maskMiddle: true }, {}, [1, 2]), 'part of a spectrum')
  t.equal(correct({}, { spectral_inversion: true }, [1, 2]), 'part of a spectrum')
  t.equal(correct({ band: { from: 0, to: 1 } }, { frequency_step: 'x' }), 'no frequencies')
  t.equal(correct({ band: { from: 0, to: 1 } }, { order: 'transform' }), 'bins out of order')
})
