// The stage: spectra of streams, as SciPy has them; averages; gaps, changes, ends; what cannot be read.

import t from 'tap'
import { type SpectrumContext, type SpectrumOptions, spectrumStage } from '../../src/dsp/spectrum.ts'
import { parseWindow } from '../../src/dsp/window.ts'
import { type Batch, gapPacket, type Meta, type Packet, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { distance, PLAIN, randomNumbers, vectors } from '../support/spectrum.ts'

function make(options: Partial<SpectrumOptions> = {}, context: Partial<SpectrumContext> = {}) {
  const rejected: Reject[] = []
  const count = new StageCount()
  const reject = (one: Reject) => void rejected.push(one)
  const stage = spectrumStage({ ...PLAIN, ...options }, { reject, count, ...context })
  return { stage, rejected, count }
}

/** What becomes of packets, pushed one by one, and of the end. */
function spectra(packets: readonly Packet[], options: Partial<SpectrumOptions> = {}): readonly Packet[] {
  const { stage } = make(options)
  return [...packets.flatMap(one => [...stage.push([one])]), ...(stage.end?.() ?? [])]
}

const reals = (numbers: ArrayLike<number>, meta: Meta = {}) =>
  packet({ dtype: 'float64', ...meta }, new Uint8Array(Float64Array.from(numbers).buffer))

const singles = (numbers: ArrayLike<number>, meta: Meta = {}) =>
  packet({ dtype: 'complex64', ...meta }, new Uint8Array(Float32Array.from(numbers).buffer))

function binsOf({ data, meta }: Packet): number[] {
  const { buffer, byteOffset, byteLength } = data.slice()
  return meta['dtype'] === 'float64' || meta['dtype'] === 'complex128'
    ? [...new Float64Array(buffer, byteOffset, byteLength / 8)]
    : [...new Float32Array(buffer, byteOffset, byteLength / 4)]
}

/** exp(2πi k n / size) × amplitude, the parts in turn. */
function tone(k: number, samples: number, { amplitude = 1, size = 16 } = {}): Float64Array {
  return Float64Array.from({ length: 2 * samples }, (_, at) => {
    const angle = (2 * Math.PI * k * (at >> 1)) / size
    return amplitude * (at % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
  })
}

t.test('periodograms are SciPy’s', async t => {
  for (const { samples, complex, window, density, spectrum, fs } of vectors().periodograms) {
    const one = complex
      ? packet({ dtype: 'complex128', sample_rate: fs }, new Uint8Array(Float64Array.from(samples).buffer))
      : reals(samples, { sample_rate: fs })
    const size = samples.length / (complex ? 2 : 1)
    for (const [scale, right] of [
      ['psd', density],
      ['power', spectrum],
    ] as const) {
      const options = { size, scale, window: parseWindow(window), order: 'transform' } as const
      const [made] = spectra([one], options)
      t.ok(made && distance(binsOf(made), right) < 1e-12, `${window} ${scale} ${complex ? 'complex' : 'real'}`)
    }
  }
})

t.test('a tone of amplitude 1 is 0 dB at its frequency, real or complex, with any window', async t => {
  const meta = { sample_rate: 1600, center_frequency: 5000 }
  for (const window of ['rectangular', 'hann', 'flattop', 'kaiser']) {
    const [made] = spectra([singles(tone(3, 16), meta)], { scale: 'db', window: parseWindow(window) })
    const bins = binsOf(made ?? packet({}))
    const peak = bins.indexOf(Math.max(...bins))
    t.equal(Number(made?.meta['frequency_start']) + peak * Number(made?.meta['frequency_step']), 5300, window)
    t.ok(Math.abs(bins[peak] ?? 9) < 1e-3, window)
  }
  const cosine = tone(3, 16).filter((_, at) => at % 2 === 0)
  const [real] = spectra([reals(cosine, { sample_rate: 1600 })], { scale: 'db' })
  t.ok(Math.abs((binsOf(real ?? packet({}))[3] ?? 0) + 3.0103) < 1e-4, 'the mean square of a cosine is a half')
})

t.test('values of sensors are samples, too; their rate follows from their times', async t => {
  const values = Array.from({ length: 32 }, (_, n) =>
    packet({
      timestamp: new Date(n * 500).toISOString(),
      name: 'T',
      value: 20 + Math.cos((2 * Math.PI * n) / 4),
      unit: 'K',
    }),
  )
  const [first, second, none] = spectra(values, { removeMean: true })
  t.equal(none, undefined)
  t.same([first?.meta['sample_rate'], first?.meta['frequency_step'], first?.meta['unit']], [2, 0.125, 'K²'])
  t.equal(second?.meta['timestamp'], '1970-01-01T00:00:08.000Z')
  t.ok(distance(binsOf(second ?? packet({})), [0, 0, 0, 0, 0.5, 0, 0, 0, 0]) < 1e-12)
})

t.test('values that are missing by their times end a block; with a rate, times are not looked at', async t => {
  const values = (seconds: readonly number[], meta: Meta = {}) =>
    seconds.map(second => packet({ timestamp: new Date(second * 1000).toISOString(), value: second % 2, ...meta }))
  const rates = (packets: readonly Packet[], options: Partial<SpectrumOptions> = {}) =>
    spectra(packets, { size: 4, ...options }).map(({ meta }) => [meta['timestamp'], meta['sample_rate']])
  const holed = [0, 1, 2, 7, 8, 9]
  const { stage } = make({ size: 4 })
  t.same(stage.push(values(holed)), [])
  stage.end?.()
  t.equal(stage.untransformed, 6)
  t.same(rates(values([...holed, 10, 11])), [['1970-01-01T00:00:07.000Z', 1]])
  t.same(
    rates(values(holed), { pad: true }).map(([time]) => time),
    ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:07.000Z'],
  )
  t.same(rates(values(holed), { sampleRate: 2 }), [['1970-01-01T00:00:00.000Z', 2]])
  t.same(rates(values(holed, { sample_rate: 2 })), [['1970-01-01T00:00:00.000Z', 2]])
})

t.test('a value that is no number is a sample that is missing, of its own name', async t => {
  const values = (name: string) => Array.from({ length: 12 }, (_, n) => packet({ name, value: n }))
  const [a, b] = [values('a'), values('b')]
  for (const value of [null, 'NaN']) {
    const missing = packet({ name: 'a', value })
    const { stage } = make({ size: 8 })
    const made = [...a.slice(0, 4), ...b.slice(0, 4), missing, ...a.slice(4), ...b.slice(4)].flatMap(one => [
      ...stage.push([one]),
    ])
    t.same(
      made.map(({ meta }) => [meta['name'], meta['shape'] ?? meta['value']]),
      [
        ['a', value],
        ['a', [5]],
        ['b', [5]],
      ],
    )
    t.same(
      made.slice(1).map(binsOf),
      [...spectra(a.slice(4), { size: 8 }), ...spectra(b.slice(0, 8), { size: 8 })].map(binsOf),
    )
    t.equal(stage.untransformed, 4)
  }
})

t.test('a density of values takes their rate from their times, too, and one without times is none', async t => {
  const value = (n: number, meta: Meta = {}) => packet({ value: Math.cos((2 * Math.PI * n) / 4), ...meta })
  const at = (n: number) => ({ timestamp: `2026-01-01T00:00:00.${String(n * 100).padStart(6, '0')}Z` })
  const timed = Array.from({ length: 36 }, (_, n) => value(n, at(n)))
  const given = spectra(timed, { scale: 'psd', sampleRate: 10_000, pad: true })
  const found = spectra(timed, { scale: 'psd', pad: true })
  t.equal(given.length, 3)
  t.same(
    found.map(({ meta }) => meta),
    given.map(({ meta }) => meta),
    'tenths of a millisecond are not lost, and zeros that fill up are no samples',
  )
  for (const [row, one] of found.entries()) t.ok(distance(binsOf(one), binsOf(given[row] ?? packet({}))) < 1e-12)
  const averaged = spectra(timed, { scale: 'psd', average: 2 })
  t.ok(distance(binsOf(averaged[0] ?? packet({})), binsOf(given[0] ?? packet({}))) < 1e-12)
  const { stage, rejected, count } = make({ scale: 'psd' })
  stage.push(Array.from({ length: 16 }, (_, n) => value(n)))
  t.equal(rejected.length, 16)
  t.same(stage.push(Array.from({ length: 16 }, (_, n) => value(n, { timestamp: '2026-01-01T00:00:00Z' }))), [])
  t.equal(count.dropped.get('no sample rate'), 1, 'times that stand still')
})

t.test('streams are told apart by their names', async t => {
  const value = (name: string, n: number) => packet({ name, value: name === 'A' ? 1 : (-1) ** n })
  const packets = Array.from({ length: 64 }, (_, n) => value(n % 2 === 0 ? 'A' : 'B', n >> 1))
  const made = spectra(packets)
  t.same(
    made.map(({ meta }) => meta['name']),
    ['A', 'B', 'A', 'B'],
  )
  t.same(
    made.slice(0, 2).map(one => binsOf(one).findIndex(power => power > 0.5)),
    [0, 8],
  )
})

t.test('averages are of powers', async t => {
  const powers = [1, 4, 9, 16]
  const packets = [singles(powers.flatMap(power => [...tone(0, 16, { amplitude: Math.sqrt(power) })]))]
  const peaks = (options: Partial<SpectrumOptions>) =>
    spectra(packets, { order: 'transform', ...options }).map(one => Math.round((binsOf(one)[0] ?? 0) * 1e4) / 1e4)
  t.same(peaks({ average: 2 }), [2.5, 12.5])
  t.same(peaks({ average: 3 }), [4.6667, 16])
  t.same(peaks({ averaging: 'max-hold' }), powers)
  t.same(peaks({ averaging: 'min-hold', average: 4 }), [1])
  t.same(peaks({ averaging: 'median', average: 4 }), [6.5])
  t.same(peaks({ averaging: 'exponential', average: 2 }), [1, 2.5, 5.75, 10.875])
  t.same(peaks({ average: 2, scale: 'magnitude' }), [1.5811, 3.5355])
  t.same(peaks({ average: 2, scale: 'db' }), [3.9794, 10.9691])
  t.same(
    spectra(packets, { average: 3 }).map(({ meta }) => meta['averages']),
    [3, 1],
  )
})

t.test('a block never reaches across a gap, a jump of the numbers or a change', async t => {
  const half = (meta: Meta = {}) => singles(tone(0, 8), meta)
  const gap = gapPacket({ lost: 1, reason: 'overflow', stage: 'test' })
  const passed = spectra([half(), gap, half(), half()])
  t.same(
    passed.map(({ meta }) => 'gap' in meta),
    [true, false],
  )
  const count = (...metas: Meta[]) => spectra(metas.map(half)).length
  t.equal(count({}, {}), 1)
  t.equal(count({ seq: 4 }, { seq: 5 }), 1)
  t.equal(count({ seq: 4 }, { seq: 6 }, { seq: 7 }), 1)
  t.equal(count({ seq: 4 }, { seq: 6 }), 0)
  for (const field of ['center_frequency', 'sample_rate', 'reference_level', 'unit'])
    t.equal(count({ [field]: 1 }, { [field]: 2 }), 0, field)
  t.equal(spectra([half(), reals(new Float64Array(8))]).length, 0)
})

t.test('what was left is counted, or filled up with zeros', async t => {
  const { stage } = make()
  stage.push([singles(tone(0, 20)), gapPacket({ lost: 1, reason: 'r', stage: 's' }), singles(tone(0, 5))])
  stage.end?.()
  t.equal(stage.untransformed, 9)
  const padded = spectra([singles(tone(0, 20))], { pad: true, order: 'transform' })
  t.same(
    padded.map(({ meta }) => meta['padded']),
    [undefined, 12],
  )
  t.ok(Math.abs((binsOf(padded[1] ?? packet({}))[0] ?? 0) - (4 / 16) ** 2) < 1e-6)
  t.equal(spectra([singles(tone(0, 3))], { pad: true }).length, 1, 'a stream shorter than a block')
  t.equal(spectra([], { pad: true }).length, 0)
})

t.test('overlap, and times of blocks', async t => {
  const meta = { timestamp: '2026-01-01T00:00:00.000Z', sample_rate: 16 }
  const made = spectra([singles(tone(0, 40), meta)], { overlap: 0.75 })
  t.same(
    made.map(one => String(one.meta['timestamp']).slice(17)),
    ['00.000Z', '00.250Z', '00.500Z', '00.750Z', '01.000Z', '01.250Z', '01.500Z'],
  )
  t.same(
    made.map(one => one.meta['seq']),
    [0, 1, 2, 3, 4, 5, 6],
  )
})

t.test('NaN makes its block none, and stays out of averages, counted', async t => {
  const numbers = tone(0, 48)
  numbers[40] = Number.NaN
  const [before, at, after] = spectra([singles(numbers)], { scale: 'db' }).map(binsOf)
  t.ok(before?.every(Number.isFinite) && after?.every(Number.isFinite))
  t.ok(at?.every(Number.isNaN))
  const { stage, count } = make({ average: 2 })
  const [only] = stage.push([singles(numbers)])
  t.equal(only?.meta['averages'], 2)
  t.same(count.report().dropped, { 'not finite': 1 })
})

t.test('nothing is the floor, and no NaN', async t => {
  const [made] = spectra([singles(new Float64Array(32))], { scale: 'db', window: parseWindow('hann') })
  t.ok(binsOf(made ?? packet({})).every(value => Math.abs(value + 379.3) < 0.1))
})

t.test('what cannot be read is rejected, the rest goes on', async t => {
  const { stage, rejected } = make({ scale: 'psd' })
  const passed = stage.push([
    packet({ dtype: 'float16' }, new Uint8Array(4)),
    packet({ dtype: 'complex64' }, new Uint8Array(4)),
    packet({ dtype: 'float32', scale: 'db', fft_size: 2 }, new Uint8Array(8)),
    singles(tone(0, 16)),
    packet({ text: 'something else' }),
  ])
  t.same(
    rejected.map(({ reason }) => reason),
    ['no samples', 'no whole samples', 'no samples', 'no sample rate'],
  )
  t.same(
    passed.map(({ meta }) => meta),
    [{ text: 'something else' }],
  )
})

t.test('too many names are no streams', async t => {
  const { stage, rejected } = make()
  stage.push(Array.from({ length: 300 }, (_, n) => packet({ name: `${n}`, value: 1 })))
  t.equal(rejected.length, 44)
})

t.test('integers are fractions of their full scale', async t => {
  const loud = packet(
    { dtype: 'int8' },
    Uint8Array.from({ length: 16 }, () => 0x80),
  )
  t.equal(binsOf(spectra([loud])[0] ?? packet({}))[0], 1)
  const told = packet({ dtype: 'int8', full_scale: 64 }, loud.data)
  t.equal(binsOf(spectra([told])[0] ?? packet({}))[0], 4)
  t.notOk('full_scale' in (spectra([told])[0]?.meta ?? {}))
  t.equal(binsOf(spectra([loud], { fullScale: 1 })[0] ?? packet({}))[0], 128 ** 2)
  const unsigned = packet({ dtype: 'uint8', full_scale: 256 }, new Uint8Array(16))
  t.equal(binsOf(spectra([unsigned])[0] ?? packet({}))[0], 1)
  t.equal(binsOf(spectra([unsigned], { fullScale: 1 })[0] ?? packet({}))[0], 128 ** 2)
})

t.test('every cut of the packets gives the same spectra', async t => {
  const samples = randomNumbers(2 * 100, 'cuts')
  const whole = spectra([singles(samples)], { overlap: 0.5 })
  for (const length of [2, 6, 14, 46]) {
    const pieces = Array.from({ length: Math.ceil(200 / length) }, (_, n) =>
      singles(samples.subarray(n * length, (n + 1) * length)),
    )
    t.same(spectra(pieces, { overlap: 0.5 }).map(binsOf), whole.map(binsOf), `${length / 2} samples`)
  }
})

t.test('what came from several inputs is never in one block, and is numbered through', async t => {
  const inputs = new WeakMap<Batch, number>()
  const { stage } = make({ scale: 'power', size: 16 }, { inputOf: batch => inputs.get(batch) })
  // The numbers of the one would go on from those of the other.
  const pushed = [0, 0, 1, 1, 2, 2].flatMap((seq, index) => {
    const batch = [singles(new Float64Array(2 * 10).fill(1 + (index % 2)), { seq })]
    inputs.set(batch, index % 2)
    return [...stage.push(batch)]
  })
  const made = [...pushed, ...(stage.end?.() ?? [])]
  t.same(
    made.map(({ meta }) => meta['seq']),
    [0, 1],
  )
  t.same(
    made.map(one => binsOf(one).filter(power => power > 1e-6).length),
    [1, 1],
    'one constant has no power but at 0',
  )
  t.equal(stage.untransformed, 28)
})

t.test('a gap of an input ends the blocks of that input', async t => {
  const inputs = new WeakMap<Batch, number>()
  const { stage } = make({ size: 16 }, { inputOf: batch => inputs.get(batch) })
  const push = (input: number, packet: Packet) => {
    const batch = [packet]
    inputs.set(batch, input)
    return [...stage.push(batch)].filter(({ data }) => data.length > 0).length
  }
  for (const input of [1, 11]) push(input, singles(new Float64Array(2 * 10), { seq: 0 }))
  push(1, gapPacket({ lost: 3, reason: 'overflow', stage: 'input' }))
  t.equal(push(1, singles(new Float64Array(2 * 10), { seq: 1 })), 0, 'ten from before the gap are left away')
  t.equal(push(11, singles(new Float64Array(2 * 10), { seq: 1 })), 1, 'those of the other input are not')
  t.equal(stage.untransformed, 10)
})

t.test('channels beside each other are no one stream: that they are taken for one is told once', async t => {
  const told: string[] = []
  const { stage } = make({}, { warn: text => void told.push(text) })
  for (const [name, shape] of [
    ['one', [32]],
    ['column', [32, 1]],
    ['two', [16, 2]],
    ['more', [8, 4]],
  ] as const)
    stage.push([reals(new Float64Array(32), { name, shape })])
  t.same(told, [
    'packets of shape 16 × 2 come: their numbers are taken as one stream, not as channels beside each other',
  ])
})

t.test('a sample rate that is none leaves the spectrum without frequencies', async t => {
  const timestamp = '2026-01-01T00:00:00.000Z'
  for (const sample_rate of [0, -1]) {
    const [one] = spectra([reals(new Float64Array(16), { sample_rate, timestamp })])
    t.equal(one?.meta['timestamp'], timestamp)
    t.notOk(one && 'frequency_step' in one.meta)
  }
  const [, second] = spectra([reals(new Float64Array(32), { sample_rate: 1e-310, timestamp })])
  t.notOk(second && 'timestamp' in second.meta, 'no calendar has its time')
})
