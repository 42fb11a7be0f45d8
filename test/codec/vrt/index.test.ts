// VRT as a whole: packets with everything a header can have, and what comes back from meta and data alone.

import fc from 'fast-check'
import t from 'tap'
import { bytesOfHex, encode, metasOf, packetsOf, plain, STAMP, sized } from '../../support/vrt.ts'

const word = fc.integer({ min: 0, max: 0xffff_ffff }).map(value => value.toString(16).padStart(8, '0'))

/** A data packet of any header: type, class, trailer, reserved bits, both kinds of timestamp, count. */
const dataPacket = fc
  .record({
    type: fc.constantFrom(0, 1, 2, 3),
    flags: fc.integer({ min: 0, max: 7 }),
    stamps: fc.integer({ min: 0, max: 15 }),
    count: fc.integer({ min: 0, max: 15 }),
    stream: word,
    trailer: word,
    seconds: word,
    fraction: fc.tuple(word, word),
    payload: fc.array(word, { maxLength: 9 }),
  })
  .map(({ type, flags, stamps, count, stream, trailer, seconds, fraction, payload }) => {
    const header = ((type << 12) | ((flags << 8) << 0) | (stamps << 4) | count) & 0xffff
    const words = [
      ...(type % 2 === 1 ? [stream] : []),
      ...(stamps >> 2 === 0 ? [] : [seconds]),
      ...((stamps & 3) === 0 ? [] : fraction),
      ...payload,
      ...((flags & 4) === 0 ? [] : [trailer]),
    ]
    return sized(header.toString(16).padStart(4, '0'), ...words)
  })

t.test('any data packet comes back from its meta and data', async t => {
  fc.assert(
    fc.property(dataPacket, hex => {
      const bytes = bytesOfHex(hex)
      return encode(plain(packetsOf(bytes))).equals(bytes) && encode(packetsOf(bytes)).equals(bytes)
    }),
    { numRuns: 400 },
  )
  t.pass()
})

t.test('a class identifier, and bits of padding', async t => {
  const hex = `18610009 00000007 c0123456 00010002 ${STAMP} 01020304 05000000`
  const format = `40600008 00000007 ${STAMP} 00008000 000001c7 00000000`
  const bytes = bytesOfHex(format, hex)
  const [, packet] = packetsOf(bytes)
  t.equal(Buffer.from(packet?.data ?? []).toString('hex'), '0102030405')
  t.match(packet?.meta, { dtype: 'ri8', shape: [5], vrt: { class_id: 'c012345600010002' } })
  t.equal(encode(plain(packetsOf(bytes))).toString('hex'), bytes.toString('hex'))
})

t.test('samples that fill no word are told by a class identifier', async t => {
  const data = Uint8Array.of(1, 2, 3, 4, 5)
  const bytes = encode([{ meta: { dtype: 'int8' }, data }])
  const packet = packetsOf(bytes).at(-1)
  t.same([...(packet?.data ?? [])], [...data])
})

t.test('a format that has to be unpacked comes back packed', async t => {
  const format = `40600008 00000007 ${STAMP} 00008000 000002cb 00000000`
  const bytes = bytesOfHex(format, `14600008 00000007 ${STAMP} 12345600 789abc00 00000000`)
  const [, packet] = packetsOf(bytes)
  t.equal(packet?.meta['dtype'], 'ri16_be')
  t.equal(Buffer.from(packet?.data ?? []).toString('hex'), '123045607890abc0')
  t.equal(encode(plain(packetsOf(bytes))).toString('hex'), bytes.toString('hex'))
})

t.test('integers of another full scale are brought to that of the stream', async t => {
  const data = new Uint8Array(Int16Array.of(8191, -8192).buffer)
  const [, packet] = packetsOf(encode([{ meta: { dtype: 'int16', full_scale: 8192 }, data }]))
  t.equal(packet?.meta['full_scale'], 32768)
  t.equal(Buffer.from(packet?.data ?? []).toString('hex'), '7ffc8000')
  const unsigned = new Uint8Array(Uint16Array.of(8192, 12288).buffer)
  const [, other] = packetsOf(encode([{ meta: { dtype: 'uint16', full_scale: 16384 }, data: unsigned }]))
  t.equal(other?.meta['full_scale'], 65536)
  t.equal(Buffer.from(other?.data ?? []).toString('hex'), '8000c000', 'its half stays its half')
})

t.test('the dtype of streams that do not tell it can be given', async t => {
  const bytes = bytesOfHex(`14600008 00000007 ${STAMP} 3f800000 bf800000 00000000`)
  t.match(metasOf(bytes), [{ dtype: 'ci16_be', shape: [2] }])
  t.match(metasOf(bytes, { dtype: 'cf32_be', sampleRate: 5e6 }), [{ dtype: 'cf32_be', shape: [1], sample_rate: 5e6 }])
  t.match(metasOf(bytes, { dtype: 'cf32_le' }), [{ dtype: 'cf32_le' }])
})

t.test('context packets are announced once, and again where a reader would be wrong without', async t => {
  const data = new Uint8Array(8)
  const meta = { dtype: 'complex64', center_frequency: 1e9, sample_rate: 1e6, gain: [0, 20] }
  const same = { ...meta, gain: [0, 20] }
  const contexts = metasOf(encode([meta, same, { ...meta, gain: [0, 10] }].map(meta => ({ meta, data })))).flatMap(
    meta => ('context' in meta ? [meta['context']] : []),
  )
  t.equal(contexts.length, 2)
  t.same(contexts[1], { changed: true, gain: [0, 10] })
})

t.test("a stream of ThinkRF's has its context from the streams that ThinkRF has for it", async t => {
  const meta = {
    stream_id: '0x90000003',
    dtype: 'ci16_be',
    full_scale: 8192,
    center_frequency: 1e9,
    bandwidth: 125e6,
    sample_rate: 125e6,
    reference_level: -20,
  }
  const metas = metasOf(encode([{ meta, data: new Uint8Array(8) }]))
  t.same(
    metas.map(meta => meta['stream_id']),
    ['0x90000001', '0x90000002', '0x90000003'],
  )
  t.match(metas[2], meta)
})

t.test('data without the context packets it came with gets them back', async t => {
  const context = `40600008 90000001 ${STAMP} 88000000 00092080 88000000`
  const all = packetsOf(bytesOfHex(context, `14600008 90000003 ${STAMP} 0018fffe 1fffe000 60060000`))
  const [again, packet] = metasOf(encode(all.slice(1)))
  t.same(again?.['context'], { changed: true, rf_frequency: 2.45e9 })
  t.equal(packet?.['center_frequency'], 2.45e9)
})
