// Measurements as records: of a tone whose answers are known, of nothing, of NaN, of what is no spectrum.

import t from 'tap'
import { levelSpectra } from '../../src/dsp/level-spectrum.ts'
import { type MeasureOptions, measurements, measureStage } from '../../src/dsp/measurements.ts'
import { type Meta, type Packet, packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'

const OPTIONS: MeasureOptions = { peaks: 3, above: 12, channels: [{ center: 1020, width: 20 }], occupied: 0.99 }
const META: Meta = {
  dtype: 'float32',
  scale: 'db',
  unit: 'dBm',
  fft_size: 8,
  frequency_start: 1000,
  frequency_step: 10,
  enbw: 2,
}

function spectrum(levels: readonly number[], meta: Meta = {}): Packet {
  return packet({ ...META, ...meta }, new Uint8Array(Float32Array.from(levels).buffer))
}

function measure(levels: readonly number[], meta: Meta = {}, options: Partial<MeasureOptions> = {}) {
  const [one] = levelSpectra(spectrum(levels, meta)) ?? []
  return one && measurements(one, { ...OPTIONS, ...options })
}

t.test('a tone, its noise and its channel', async t => {
  t.same(measure([-90, -90, -20, -90, -90, -90, -90, -90]), {
    unit: 'dBm',
    peaks: [{ frequency: 1020, level: -20 }],
    noise_floor: -80,
    noise_density: -93.01,
    snr: 60,
    channels: [{ center: 1020, width: 20, power: -23.01, unit: 'dBm' }],
    occupied_band: { share: 0.99, from: 1015, to: 1025, bandwidth: 10 },
  })
})

t.test('without a list of peaks there still is the highest of them', async t => {
  const levels = [-90, -90, -20, -90, -90, -90, -90, -90]
  const record = measure(levels, {}, { peaks: 0 })
  t.same([record?.['peaks'], record?.['snr']], [[], 60])
})

t.test('a density is summed by the hertz', async t => {
  const record = measure([1e-9, 1e-9, 1, 1e-9], { scale: 'psd', unit: 'V²/Hz', fft_size: 4 })
  t.same(record?.['channels'], [{ center: 1020, width: 20, power: 10, unit: 'dBV' }])
  t.equal(record?.['noise_density'], record?.['noise_floor'])
})

t.test('no power at all, and no number at all', async t => {
  const silent = measure([0, 0, 0, 0], { scale: 'power', unit: 'mW', fft_size: 4 })
  t.match(silent, { peaks: [], noise_floor: null, snr: null, channels: [{ power: null }] })
  t.match(measure(new Array(8).fill(Number.NaN)), { peaks: [], noise_floor: null, snr: null })
  t.match(measure([Number.POSITIVE_INFINITY, -90, -90, -90, -90, -90, -90, -90]), {
    noise_floor: -90,
    occupied_band: { bandwidth: null },
  })
})

t.test('one bin', async t => {
  t.match(measure([-20], { fft_size: 1 }), { peaks: [], noise_floor: -20, occupied_band: { from: 995, to: 1005 } })
})

t.test('every row is a record with its own number and time; what tells of bins is left away', async t => {
  const rejects: Reject[] = []
  const stage = measureStage(OPTIONS, reject => rejects.push(reject))
  const meta = {
    shape: [2, 2],
    fft_size: 2,
    seq: 7,
    row_interval: 0.5,
    timestamp: '2026-01-01T00:00:00.000Z',
    name: 'rx',
  }
  const records = stage.push([spectrum([-1, -2, -3, -4], meta), packet({ gap: { lost: 1, reason: 'a', stage: 'b' } })])
  t.match(
    records.map(({ meta }) => meta),
    [
      { name: 'rx', seq: 7, timestamp: '2026-01-01T00:00:00.000Z', frequency_start: 1000 },
      { name: 'rx', seq: 8, timestamp: '2026-01-01T00:00:00.500Z' },
      { gap: { lost: 1 } },
    ],
  )
  t.notOk('dtype' in (records[0]?.meta ?? {}))
  t.same(stage.push([packet({ value: 1 }), spectrum([], {})]), [])
  t.same(
    rejects.map(({ reason }) => reason),
    ['no spectrum', 'no whole spectrum'],
  )
})
