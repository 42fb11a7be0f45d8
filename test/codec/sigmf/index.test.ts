// SigMF's metadata: names of element types, what is read, what is refused, what is written, and both ways.

import t from 'tap'
import { dtypeNamed } from '../../../src/codec/dtype.ts'
import { dtypeOfSigmf, sigmfName } from '../../../src/codec/sigmf/datatype.ts'
import { MOST_FIELDS, MOST_TEXT, Recorder } from '../../../src/codec/sigmf/recorder.ts'
import { captureFields, readRecording, timeOf } from '../../../src/codec/sigmf/recording.ts'
import { DataError } from '../../../src/errors.ts'
import { gapPacket, type JsonObject, packet } from '../../../src/packet.ts'

const GLOBAL = { 'core:datatype': 'ci16_le', 'core:version': '1.2.5' }
const read = (global: JsonObject, more: JsonObject = {}) =>
  readRecording(
    JSON.stringify({ global: { ...GLOBAL, ...global }, captures: [], annotations: [], ...more }),
    'x.sigmf-meta',
  )

t.test('every datatype of the specification is a dtype, and back', async t => {
  for (const form of ['c', 'r']) {
    for (const number of ['f32', 'f64', 'i32', 'i16', 'u32', 'u16']) {
      for (const order of ['_le', '_be']) {
        const dtype = dtypeOfSigmf(`${form}${number}${order}`)
        t.equal(dtype && sigmfName(dtype), `${form}${number}${order}`)
      }
      t.equal(dtypeOfSigmf(`${form}${number}`)?.littleEndian, true, 'without an order')
    }
    for (const number of ['i8', 'u8']) {
      const dtype = dtypeOfSigmf(`${form}${number}`)
      t.equal(dtype && sigmfName(dtype), `${form}${number}`)
    }
  }
  for (const name of ['cf16_le', 'ri64_le', 'float32', '', 'xf32_le']) t.equal(dtypeOfSigmf(name), undefined, name)
  for (const name of ['float16', 'int64', 'bool']) {
    const dtype = dtypeNamed(name)
    t.equal(dtype && sigmfName(dtype), undefined, name)
  }
})

t.test('captures and annotations are sorted, and counted from the first sample of the dataset', async t => {
  const { captures, annotations } = read(
    { 'core:offset': 100 },
    {
      captures: [{ 'core:sample_start': 300, 'core:frequency': 2e9 }, { 'core:sample_start': 100 }],
      annotations: [{ 'core:sample_start': 150, 'core:label': 'burst' }],
    },
  )
  t.same(
    captures.map(({ start }) => start),
    [0, 200],
  )
  t.match(annotations, [{ start: 50, fields: { 'core:label': 'burst' } }])
  t.same(read({}).captures, [{ start: 0, headerBytes: 0, fields: {} }], 'no captures are one')
  t.same(
    read({}, { captures: [{ 'core:sample_start': 7 }] }).captures.map(({ start }) => start),
    [0, 7],
    'samples before the first one that is said of are samples, too',
  )
})

t.test('what a capture says of its samples', async t => {
  const recording = read(
    { 'core:sample_rate': 1e6, 'core:author': 'me' },
    {
      captures: [
        {
          'core:sample_start': 0,
          'core:frequency': 1e8,
          'core:datetime': '2026-01-01T00:00:00.000000001Z',
          'core:geolocation': { type: 'Point', coordinates: [-107.6, 34, 2120] },
          'daqutils:reference_level': -10,
        },
      ],
    },
  )
  const [capture] = recording.captures
  if (!capture) throw new Error('no capture')
  t.same(captureFields(recording, capture), {
    dtype: 'ci16_le',
    sample_rate: 1e6,
    center_frequency: 1e8,
    reference_level: -10,
    latitude: 34,
    longitude: -107.6,
    altitude: 2120,
  })
  t.same(recording.fields, { 'core:version': '1.2.5', 'core:author': 'me' })
  t.same(timeOf(capture, 1_500_000, 1e6), {
    timestamp: '2026-01-01T00:00:01.500000001Z',
    timestamp_ns: `${BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n + 1_500_000_001n}`,
  })
  t.same(timeOf(capture, 1, undefined), {}, 'later samples without a rate have no time')
})

t.test('what is no recording is refused by name', async t => {
  const refused = (text: string, reason: RegExp) => {
    t.throws(() => readRecording(text, 'x'), DataError)
    t.throws(() => readRecording(text, 'x'), reason)
  }
  refused('{', /invalid JSON/)
  refused('[]', /expected a JSON object/)
  refused('{}', /no object 'global'/)
  for (const [global, reason] of [
    [{ 'core:datatype': 'cf16' }, /core:datatype 'cf16'/],
    [{ 'core:metadata_only': true }, /without samples/],
    [{ 'core:num_channels': 0 }, /num_channels/],
    [{ 'core:offset': -1 }, /core:offset -1, expected a whole number/],
    [{ 'core:sample_rate': 'fast' }, /core:sample_rate/],
    [{ 'core:dataset': '../x' }, /without a folder/],
    [{ 'core:extensions': [{ name: 'radar', version: '1', optional: false }] }, /needs the extension 'radar'/],
  ] as const)
    refused(JSON.stringify({ global: { ...GLOBAL, ...global } }), reason)
  refused(JSON.stringify({ global: GLOBAL, captures: [{}] }), /without 'core:sample_start'/)
  t.ok(read({ 'core:extensions': [{ name: 'radar', version: '1', optional: true }] }))
})

const START = BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n
const samples = (at: number, more: JsonObject = {}) =>
  packet(
    {
      timestamp_ns: `${START + BigInt(at) * 1000n}`,
      dtype: 'complex64',
      shape: [100],
      sample_rate: 1e6,
      center_frequency: 1e8,
      ...more,
    },
    new Uint8Array(800),
  )

function recorded(...packets: readonly ReturnType<typeof samples>[]) {
  const recorder = new Recorder()
  const results = packets.map(packet => recorder.push(packet))
  const { global, captures, annotations } = JSON.parse(recorder.metadata())
  return { results, global, captures, annotations }
}

t.test('what follows without a change is one capture', async t => {
  const { global, captures } = recorded(samples(0), samples(100), samples(200))
  t.match(global, { 'core:datatype': 'cf32_le', 'core:sample_rate': 1e6, 'core:version': /^\d+\.\d+\.\d+$/ })
  t.same(captures, [
    { 'core:sample_start': 0, 'core:datetime': '2026-01-01T00:00:00.000000000Z', 'core:frequency': 1e8 },
  ])
})

t.test('another frequency or level, a gap, and a jump of the clock each begin a capture', async t => {
  const { captures } = recorded(
    samples(0),
    samples(100, { center_frequency: 2e8 }),
    samples(200, { center_frequency: 2e8, reference_level: -20 }),
    gapPacket({ lost: 1, reason: 'overflow', stage: 'x' }),
    samples(500, { center_frequency: 2e8, reference_level: -20 }),
    samples(900, { center_frequency: 2e8, reference_level: -20 }),
  )
  t.match(captures, [
    { 'core:sample_start': 0, 'core:frequency': 1e8 },
    { 'core:sample_start': 100, 'core:frequency': 2e8 },
    { 'core:sample_start': 200, 'daqutils:reference_level': -20 },
    { 'core:sample_start': 300, 'core:global_index': 500 },
    { 'core:sample_start': 400, 'core:global_index': 900 },
  ])
})

t.test('timestamps of milliseconds may be as far off as those are', async t => {
  const coarse = (milliseconds: number) =>
    packet(
      { timestamp: new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString(), dtype: 'int16', sample_rate: 1000 },
      new Uint8Array(200),
    )
  t.equal(recorded(coarse(0), coarse(103), coarse(195)).captures.length, 1)
  t.equal(recorded(coarse(0), coarse(1000)).captures.length, 2)
})

t.test('timestamps keep all their digits', async t => {
  const { captures } = recorded(packet({ timestamp: '2026-01-01T00:00:00.1234567Z', dtype: 'int8' }, Uint8Array.of(1)))
  t.equal(captures[0]['core:datetime'], '2026-01-01T00:00:00.123456700Z')
})

t.test('data that end within a sample are refused, and what follows does not go on', async t => {
  const whole = packet({ dtype: 'int16', shape: [2, 2] }, new Uint8Array(8))
  const torn = packet({ dtype: 'int16', shape: [2, 2] }, new Uint8Array(6))
  const { results, captures } = recorded(torn, whole, whole, torn, whole)
  t.match(results[0], { reason: 'no whole samples', detail: '6 bytes, expected a multiple of 4' })
  t.same(
    captures.map((capture: JsonObject) => capture['core:sample_start']),
    [0, 4],
  )
})

t.test('what does not fit the recording is refused, what speaks of samples is not', async t => {
  const { results, global } = recorded(
    packet({ instrument: { manufacturer: 'A', model: 'B', serial: 'C', firmware: 'D' } }),
    packet({ context: { temperature: 1 } }),
    samples(0),
    packet({ value: 1 }),
    samples(100, { dtype: 'ci16_le' }),
    samples(100, { sample_rate: 2e6 }),
    packet({ dtype: 'float16' }, new Uint8Array(4)),
  )
  t.equal(global['core:hw'], 'A B C D')
  t.same(results.slice(0, 2), [undefined, undefined])
  t.match(results.slice(3), [
    { reason: 'no samples' },
    { reason: 'another dtype', detail: /ci16_le of 1 channels, expected cf32_le/ },
    { reason: 'another sample rate' },
    { reason: 'another dtype' },
  ])
})

t.test('channels and annotations', async t => {
  const meta = { dtype: 'int16', shape: [50, 2], annotations: [{ 'core:sample_start': 7, 'core:label': 'x' }] }
  const data = new Uint8Array(200)
  const { global, annotations } = recorded(packet(meta, data), packet(meta, data))
  t.equal(global['core:num_channels'], 2)
  t.match(annotations, [{ 'core:sample_start': 7 }, { 'core:sample_start': 57, 'core:label': 'x' }])
})

t.test('metadata beyond what a text may hold are refused with their samples, and what was there stays', async t => {
  const recorder = new Recorder()
  const samples = Uint8Array.of(1, 2, 3, 4)
  const noted = (comment: string) => packet({ dtype: 'int8', annotations: [{ 'core:comment': comment }] }, samples)
  const refusal = {
    reason: 'too much metadata',
    detail: `expected at most ${MOST_TEXT} characters of captures and annotations`,
  }
  t.same(recorder.push(noted('small')), samples)
  t.same(recorder.push(noted('x'.repeat(MOST_TEXT - 500))), samples)
  t.same(recorder.push(noted('x'.repeat(500))), refusal)
  const { captures, annotations } = JSON.parse(recorder.metadata())
  t.same([captures.length, annotations.length, recorder.samples], [1, 2, 8])
  t.ok(recorder.metadata().length < MOST_TEXT + 1000)
})

t.test('after what was refused no capture goes on', async t => {
  const recorder = new Recorder()
  const at = (frequency: number, more: JsonObject = {}) =>
    packet({ dtype: 'int8', center_frequency: frequency, ...more }, Uint8Array.of(1))
  t.same(recorder.push(at(1)), Uint8Array.of(1))
  t.match(recorder.push(at(1, { annotations: [{ 'core:comment': 'x'.repeat(MOST_TEXT) }] })), {
    reason: 'too much metadata',
  })
  t.same(recorder.push(at(1)), Uint8Array.of(1))
  t.same(
    JSON.parse(recorder.metadata()).captures.map((capture: JsonObject) => capture['core:sample_start']),
    [0, 1],
  )
})

t.test('fields of the recording beyond all reason are refused', async t => {
  const recorder = new Recorder()
  const fields = Object.fromEntries(Array.from({ length: MOST_FIELDS }, (_, at) => [`x:${at}`, at]))
  const samples = Uint8Array.of(1)
  t.same(recorder.push(packet({ dtype: 'int8', sigmf: fields }, samples)), samples)
  t.same(recorder.push(packet({ dtype: 'int8', sigmf: { 'x:more': 1 } }, samples)), {
    reason: 'too much metadata',
    detail: `expected at most ${MOST_FIELDS} fields of sigmf`,
  })
  t.same(recorder.push(packet({ dtype: 'int8', sigmf: { 'x:0': 1 } }, samples)), samples)
})
