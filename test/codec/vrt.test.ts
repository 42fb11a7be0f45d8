// VRT: golden packets, every chunking, both ways, damage and what follows it.

import t from 'tap'
import { codecForPath, codecNamed } from '../../src/codec/index.ts'
import { vrt } from '../../src/codec/vrt.ts'
import { type Gap, gapOf, packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { cuttings, randomNumbers } from '../support/chunking.ts'
import { bytesOfHex, decode, encode, metasOf, packetsOf, plain, STAMP, TIME, WIRE } from '../support/vrt.ts'

/** As ThinkRF's receivers send them. */
const GOLDENS = [
  { hex: `40600008 90000001 ${STAMP} 88000000 00092080 88000000`, context: { changed: true, rf_frequency: 2.45e9 } },
  { hex: `40610007 90000001 ${STAMP} 00800000 0080ff80`, context: { changed: false, gain: [1, -1] } },
  { hex: `40620007 90000001 ${STAMP} 00040000 00000040`, context: { changed: false, temperature: 1 } },
  { hex: `40600008 90000002 ${STAMP} a0000000 00007735 94000000`, context: { changed: true, bandwidth: 125e6 } },
  { hex: `40610008 90000002 ${STAMP} 04000000 ffffffff ffe80000`, context: { changed: false, rf_offset: -1.5 } },
  {
    hex: `50600007 90000004 ${STAMP} 00000001 0000002a`,
    context: { changed: false, iq_swapped: false, sweep_start: 42 },
  },
]
const IQ = `14600008 90000003 ${STAMP} 0018fffe 1fffe000 60060000`
const I14 = `14650007 90000005 ${STAMP} 0018fffe 64064000`

t.test('the codec is found by its name and by file names', async t => {
  t.equal(codecNamed('vrt'), vrt)
  t.equal(codecForPath('a.vrt'), vrt)
})

t.test('golden context packets', async t => {
  for (const { hex, context } of GOLDENS) {
    const [meta] = metasOf(bytesOfHex(hex))
    t.same(meta?.['context'], context, hex)
    t.match(meta, TIME, hex)
    t.match(meta?.['vrt'], { ...WIRE, type: hex.startsWith('5') ? 'extension-context' : 'context' }, hex)
  }
})

t.test('golden data packets', async t => {
  const [iq] = packetsOf(bytesOfHex(IQ))
  t.same(iq?.meta, {
    ...TIME,
    stream_id: '0x90000003',
    seq: 0,
    dtype: 'ci16_be',
    shape: [2],
    full_scale: 8192,
    valid_data: true,
    reference_lock: true,
    vrt: { type: 'data', count: 0, ...WIRE, payload: 'I14Q14', trailer: '0x60060000' },
  })
  t.same(
    new Int16Array(
      Buffer.from(iq?.data ?? [])
        .swap16()
        .buffer.slice(0),
    ).length > 0,
    true,
  )
  t.equal(Buffer.from(iq?.data ?? []).toString('hex'), '0018fffe1fffe000')
  const [i14] = packetsOf(bytesOfHex(I14))
  t.match(i14?.meta, {
    dtype: 'ri16_be',
    shape: [2],
    full_scale: 8192,
    valid_data: true,
    reference_lock: true,
    spectral_inversion: true,
    vrt: { count: 5, payload: 'I14' },
  })
})

t.test('a flag is true or false only where it is enabled', async t => {
  const flags = (trailer: string) => {
    const [meta] = metasOf(bytesOfHex(`14600007 90000003 ${STAMP} 00000000 ${trailer}`))
    return [meta?.['valid_data'], meta?.['reference_lock']]
  }
  t.same(flags('60000000'), [false, false])
  t.same(flags('00060000'), [undefined, undefined])
  t.same(flags('40060000'), [true, undefined])
})

const RECORDING = bytesOfHex(...GOLDENS.map(({ hex }) => hex), IQ, I14)

t.test('context holds for the data that follow, and no sooner', async t => {
  const retuned = `40610008 90000001 ${STAMP} 88000000 00092ece a4000000`
  const [first, , second] = metasOf(bytesOfHex(GOLDENS[0]?.hex ?? '', IQ, retuned, IQ.replace('1460', '1461'))).slice(1)
  t.equal(first?.['center_frequency'], 2.45e9)
  t.equal(second?.['center_frequency'], 2.465e9)
  const [before] = metasOf(bytesOfHex(IQ, retuned))
  t.notOk('center_frequency' in (before ?? {}))
})

t.test('the rate of samples follows from the bandwidth, for complex and for real ones', async t => {
  const data = metasOf(RECORDING).filter(meta => 'dtype' in meta)
  t.match(data, [
    { sample_rate: 125e6, bandwidth: 125e6, center_frequency: 2.45e9 - 1.5, gain: [1, -1], temperature: 1 },
    { sample_rate: 250e6, sweep_start: 42 },
  ])
})

t.test('every chunking gives the same packets', async t => {
  const whole = decode([RECORDING])
  t.equal(whole.packets.length, 8)
  t.same(whole.rejects, [])
  for (const { name, chunks } of cuttings(RECORDING)) t.same(decode(chunks), whole, name)
})

t.test('there and back: byte for byte, as packets that came and as meta and data', async t => {
  const packets = packetsOf(RECORDING)
  t.equal(encode(packets).toString('hex'), RECORDING.toString('hex'))
  t.equal(encode(plain(packets)).toString('hex'), RECORDING.toString('hex'))
})

t.test('missing packets are announced where they are missing, and counted', async t => {
  const gaps: Gap[] = []
  const counts = ['1460', '1461', '1465', '1466', '1460']
  const found = metasOf(bytesOfHex(...counts.map(count => IQ.replace('1460', count))), { lose: gap => gaps.push(gap) })
  const expected = [
    { lost: 3, reason: 'packet count', stage: 'vrt 0x90000003', from: 2, to: 4 },
    { lost: 9, reason: 'packet count', stage: 'vrt 0x90000003', from: 7, to: 15 },
  ]
  t.same(gaps, expected)
  t.same(
    found.map(meta => gapOf(meta) ?? meta['seq']),
    [0, 1, expected[0], 5, 6, expected[1], 16],
  )
})

t.test('samples lost after a packet are announced after it', async t => {
  const gaps: Gap[] = []
  const lossy = IQ.replace('60060000', '61061000')
  const metas = metasOf(bytesOfHex(lossy), { lose: gap => gaps.push(gap) })
  t.match(metas, [{ sample_loss: true }, { gap: { lost: 1, reason: 'sample loss' } }])
  t.equal(gaps.length, 1)
})

t.test('a source that never counts has lost nothing', async t => {
  t.notOk(metasOf(bytesOfHex(IQ, IQ, IQ)).some(meta => 'gap' in meta))
})

t.test('types of later versions are skipped by their size, and named', async t => {
  const bytes = bytesOfHex(IQ, `60600003 00000001 deadbeef`, `78600002 00000001`, IQ.replace('1460', '1461'))
  const whole = decode([bytes])
  t.equal(whole.packets.length, 2)
  t.match(whole.rejects, [
    { reason: 'unknown packet type', offset: 32 },
    { reason: 'unknown packet type', offset: 44 },
  ])
  for (const { name, chunks } of cuttings(bytes, { random: 8 })) t.same(decode(chunks), whole, name)
})

t.test('damage is skipped to the next packet of a stream that is known, in every chunking', async t => {
  const second = IQ.replace('1460', '1461')
  const broken = [
    { name: 'a size of nothing', bytes: bytesOfHex(IQ, '14600000 90000003', second), offset: 32, length: 8 },
    {
      name: 'a type that there is not',
      bytes: bytesOfHex(IQ, '90000003 00000001 deadbeef', second),
      offset: 32,
      length: 12,
    },
    { name: 'bytes of something else', bytes: bytesOfHex(IQ, 'ffffffffff', second), offset: 32, length: 5 },
    {
      name: 'a packet cut short',
      bytes: Buffer.concat([bytesOfHex(IQ), bytesOfHex(second).subarray(4), bytesOfHex(second)]),
      offset: 32,
      length: 28,
    },
  ]
  for (const { name, bytes, offset, length } of broken) {
    const whole = decode([bytes])
    t.equal(whole.packets.length, 2, name)
    t.match(whole.rejects, [{ offset }], name)
    t.equal(whole.rejects[0]?.bytes.length, length, name)
    for (const cutting of cuttings(bytes, { random: 8 }))
      t.same(decode(cutting.chunks), whole, `${name}: ${cutting.name}`)
  }
})

t.test('a packet cut off at the end is named', async t => {
  const bytes = bytesOfHex(IQ, IQ.replace('1460', '1461')).subarray(0, -3)
  const { packets, rejects } = decode([bytes])
  t.equal(packets.length, 1)
  t.match(rejects, [{ reason: 'truncated', offset: 32 }])
})

t.test('a size that is too large does not swallow what comes before the end', async t => {
  const bytes = bytesOfHex(IQ, '1460ffff 90000003', IQ.replace('1460', '1461'), IQ.replace('1460', '1462'))
  const { packets, rejects } = decode([bytes])
  t.equal(packets.length, 3)
  t.match(rejects, [{ reason: 'truncated', offset: 32 }])
})

t.test('a context packet that ends within its fields is rejected alone', async t => {
  const short = `40640006 90000001 ${STAMP} 88000000`
  const { packets, rejects } = decode([bytesOfHex(short, IQ)])
  t.equal(packets.length, 1)
  t.match(rejects, [{ reason: 'bad context', offset: 0 }])
})

t.test('noise: each byte is in one reject, whatever the chunking', async t => {
  const next = randomNumbers(7)
  const noise = Uint8Array.from(
    { length: 4000 },
    () => [0x14, 0x60, 0, 0, 8, 0x90, 3, 0x40][Math.floor(next() * 8)] ?? 0,
  )
  const whole = decode([noise])
  const packetBytes = noise.length - whole.rejects.reduce((sum, { bytes }) => sum + bytes.length, 0)
  t.ok(packetBytes >= 0)
  for (const { name, chunks } of cuttings(noise, { random: 6 })) t.same(decode(chunks), whole, name)
})

t.test('samples of anybody become VRT with the context they need', async t => {
  const samples = new Float32Array([0.5, -0.25, 1, 0])
  const meta = {
    timestamp: '2026-01-01T00:00:00.5Z',
    dtype: 'complex64',
    shape: [2],
    sample_rate: 2.4e6,
    center_frequency: 100e6,
    reference_level: -10,
  }
  const bytes = encode([
    packet(meta, new Uint8Array(samples.buffer)),
    packet({ ...meta, center_frequency: 101e6 }, new Uint8Array(samples.buffer)),
  ])
  const [context, first, retuned, second] = packetsOf(bytes)
  t.match(context?.meta, {
    stream_id: '0x00000001',
    context: {
      rf_frequency: 100e6,
      sample_rate: 2.4e6,
      reference_level: -10,
      payload_format: { kind: 'cartesian', number: 'float', item_size: 32 },
    },
  })
  t.match(first?.meta, { ...meta, timestamp: '2026-01-01T00:00:00.500000000Z', dtype: 'cf32_be', seq: 0 })
  t.same(retuned?.meta['context'], { changed: true, rf_frequency: 101e6 })
  t.match(second?.meta, { center_frequency: 101e6, seq: 1 })
  const view = new DataView(Uint8Array.from(second?.data ?? []).buffer)
  t.same(
    [0, 4, 8, 12].map(at => view.getFloat32(at)),
    [...samples],
  )
})

t.test('a packet too long for VRT becomes several, whose times follow', async t => {
  const data = new Uint8Array(600_000)
  const bytes = encode([packet({ timestamp: '2026-01-01T00:00:00Z', dtype: 'complex64', sample_rate: 1e6 }, data)])
  const [, ...parts] = packetsOf(bytes)
  t.equal(parts.length, 3)
  t.equal(
    parts.reduce((sum, part) => sum + part.data.length, 0),
    data.length,
  )
  const first = (parts[0]?.data.length ?? 0) / 8
  t.equal(parts[1]?.meta['timestamp_ns'], `${BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n + BigInt(first) * 1000n}`)
})

t.test('what cannot be VRT is rejected by name', async t => {
  const rejects: Reject[] = []
  const bad = [
    packet({ value: 1 }),
    packet({ dtype: 'bool' }, new Uint8Array(4)),
    packet({ dtype: 'int16' }, new Uint8Array(3)),
  ]
  const out = encode(bad, reject => rejects.push(reject))
  t.equal(out.length, 0)
  t.match(rejects, [
    { reason: 'no VRT', detail: /no samples/ },
    { reason: 'no VRT', detail: /bool/ },
    { detail: /3 bytes, expected whole elements of 2/ },
  ])
})

t.test('a gap stays visible to those who read the output', async t => {
  const data = new Uint8Array(8)
  const meta = { dtype: 'ci16_be', stream_id: '0x00000007' }
  const lost = { gap: { lost: 5, reason: 'overflow', stage: 'x' } }
  const metas = metasOf(encode([packet(meta, data), packet(meta, data), packet(lost), packet(meta, data)]))
  t.match(
    metas.find(meta => 'gap' in meta),
    { gap: { lost: 5 } },
  )
})
