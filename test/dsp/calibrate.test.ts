// The stage, and the whole way from a receiver's samples to dBm, with the values that PyRF gives.

import t from 'tap'
import { type Calibration, calibrateStage } from '../../src/dsp/calibrate.ts'
import { profileNamed } from '../../src/dsp/receiver-profiles.ts'
import { spectrumStage } from '../../src/dsp/spectrum.ts'
import { parseWindow } from '../../src/dsp/window.ts'
import { type Meta, type Packet, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { PLAIN } from '../support/spectrum.ts'

const NONE: Calibration['spectra'] = {
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

const noReject = ({ reason, detail }: Reject) => {
  throw new Error(`${reason} ${detail}`)
}

/** calibrate | fft | calibrate, as PyRF does it: Hann's window with equal ends, divided by the size. */
function levels(
  data: Uint8Array,
  meta: Meta,
  {
    size = 1024,
    window = 'hann,symmetric',
    ...calibration
  }: Partial<Calibration> & { size?: number; window?: string } = {},
) {
  const fft = spectrumStage(
    { ...PLAIN, size, window: parseWindow(window), scale: 'db', normalization: 'size', sampleRate: 125e6 },
    { reject: noReject, count: new StageCount() },
  )
  const stage = calibrateStage({ samples: undefined, spectra: NONE, ...calibration }, { reject: noReject })
  const [made] = stage.push(fft.push(stage.push([packet(meta, data)])))
  const { buffer } = made?.data.slice() ?? new Uint8Array(0)
  return made?.meta['dtype'] === 'float64' ? [...new Float64Array(buffer)] : [...new Float32Array(buffer)]
}

const near = (found: number | undefined, right: number, tolerance = 2e-4) =>
  Math.abs((found ?? Number.NaN) - right) < tolerance

const I14 = { dtype: 'int16', full_scale: 8192, reference_level: 0, center_frequency: 1e9 }
const IQ = { ...I14, dtype: 'ci16_le' }
const int16 = (numbers: readonly number[]) => new Uint8Array(Int16Array.from(numbers).buffer)
const cosine = Array.from({ length: 1024 }, (_, n) => Math.round(8191 * Math.cos((2 * Math.PI * 64 * n) / 1024)))
const reference = { samples: undefined, spectra: { ...NONE, reference: 'meta' } } as const

t.test('a real tone in 14 bits', async t => {
  const bins = levels(int16(cosine), I14, reference)
  t.equal(bins.length, 513)
  t.ok(near(bins[64], -12.0508673) && near(bins[63], -18.058754) && near(bins[65], -18.058754))
  t.ok(near(levels(int16(cosine), I14, { ...reference, window: 'rectangular' })[64], -6.0217814))
  t.ok(near(levels(int16(cosine), { ...I14, reference_level: -10 }, reference)[64], -22.0508673))
})

t.test('sixteen samples', async t => {
  const samples = [8191, 3135, -5792, -7567, 0, 7567, 5792, -3135, -8191, -3135, 5792, 7567, 0, -7567, -5792, 3135]
  const right = [-69.0944, -63.7093, -37.8577, -32.5984, -37.8465, -64.366, -73.6969, -80.3465, -83.6959]
  const bins = levels(int16(samples), { ...I14, reference_level: -20 }, { ...reference, size: 16 })
  t.ok(
    right.every((level, k) => near(bins[k], level, 1e-3)),
    `${bins}`,
  )
})

/** A complex tone in bin 64 as integers, its Q of another gain and phase, offsets added. */
function tone({ gain = 1, phase = 0, offset = [0, 0] } = {}): number[] {
  return Array.from({ length: 2048 }, (_, at) => {
    const angle = (2 * Math.PI * 64 * (at >> 1)) / 1024
    const exact = at % 2 === 0 ? 4096 * Math.cos(angle) : 4096 * gain * Math.sin(angle + phase)
    return Math.round(exact + (offset[at % 2] ?? 0))
  })
}

const doubles = (numbers: readonly number[]) => new Uint8Array(Float64Array.from(numbers, x => x / 8192).buffer)
const DOUBLE = { dtype: 'complex128', reference_level: 0, center_frequency: 1e9 }

t.test('a complex tone, by two formulas that are one', async t => {
  const plain = levels(int16(tone()), IQ, reference)
  t.ok(near(plain[576], -12.0503158))
  const profile = { samples: undefined, spectra: { ...NONE, profile: profileNamed('wsa4000') } }
  t.ok(near(levels(int16(tone()), IQ, profile)[576], 3.7174831))
  t.ok(near(levels(doubles(tone()), DOUBLE, { ...reference, window: 'rectangular' })[576], -6.0212294))
})

t.test('an imbalance of Q makes an image, which calibration takes away', async t => {
  const bad = doubles(tone({ gain: 0.9, phase: (5 * Math.PI) / 180 }))
  const plain = levels(bad, DOUBLE, reference)
  t.ok(near(plain[576], -12.5036968) && near(plain[448], -35.8123544), `${plain[576]} ${plain[448]}`)
  const samples = { swap: false, removeMean: false, imbalance: 'estimate' } as const
  const good = levels(bad, DOUBLE, { ...reference, samples })
  t.ok(near(good[576], -12.0503158) && near(good[575], -18.0582007) && near(good[577], -18.0582007))
  t.ok((good[448] ?? 0) < -150)
})

t.test('offsets are a line in the middle, which the mean takes away', async t => {
  const off = doubles(tone({ offset: [500, -300] }))
  const plain = levels(off, DOUBLE, reference)
  t.ok(near(plain[512], -28.9820824, 1e-3) && near(plain[511], -34.9900074, 1e-3), `${plain[512]} ${plain[511]}`)
  const samples = { swap: false, removeMean: true, imbalance: undefined }
  t.ok((levels(off, DOUBLE, { ...reference, samples })[512] ?? 0) < -140)
})

t.test('what it does not know is passed on, what it cannot correct is rejected', async t => {
  const rejected: string[] = []
  const stage = calibrateStage(
    { samples: undefined, spectra: { ...NONE, reference: 'meta' } },
    { reject: ({ reason }) => void rejected.push(reason) },
  )
  const samples = packet({ dtype: 'int8' }, new Uint8Array(4))
  const gap = packet({ gap: { lost: 1 } })
  const spectrum = packet({ dtype: 'float32', scale: 'db', fft_size: 1 }, new Uint8Array(4))
  const passed: readonly Packet[] = stage.push([samples, gap, spectrum])
  t.same(passed, [samples, gap])
  t.same(rejected, ['no reference level'])
})

t.test(
  'corrections that are for other packets than those that come, and a band without bins, are told once',
  async t => {
    const told: string[] = []
    const context = { reject: noReject, warn: (text: string) => void told.push(text) }
    const samples = packet({ dtype: 'int8' }, new Uint8Array(4))
    const axis = { frequency_start: 1e6, frequency_step: 1e3 }
    const spectrum = packet({ dtype: 'float32', scale: 'db', fft_size: 4, ...axis }, new Uint8Array(16))
    const both = [samples, spectrum, samples, spectrum]
    const ofSamples = { swap: true, removeMean: false, imbalance: undefined }
    calibrateStage({ samples: undefined, spectra: NONE }, context).push(both)
    calibrateStage({ samples: undefined, spectra: { ...NONE, offset: 3 } }, context).push([spectrum])
    t.same(told, [])
    calibrateStage({ samples: undefined, spectra: { ...NONE, offset: 3 } }, context).push(both)
    t.match(told.splice(0), [/^samples come/])
    calibrateStage({ samples: ofSamples, spectra: NONE }, context).push([spectrum, spectrum])
    t.match(told.splice(0), [/^spectra come/])
    const complex = packet({ dtype: 'complex64' }, new Uint8Array(8))
    calibrateStage({ samples: ofSamples, spectra: NONE }, context).push([complex, samples, samples])
    calibrateStage({ samples: { ...ofSamples, swap: false, removeMean: true }, spectra: NONE }, context).push([samples])
    t.match(told.splice(0), [/^real samples come, which have no I and Q/])
    const band = { from: 2e6, to: 3e6 }
    t.same(calibrateStage({ samples: undefined, spectra: { ...NONE, band } }, context).push([spectrum, spectrum]), [])
    t.match(told.splice(0), [/^a spectrum has no bins in the band/])
    t.equal(told.length, 0)
  },
)
