// Frames: written, read back, damaged in every way.

import { crc32 } from 'node:zlib'
import t from 'tap'
import type { DecodeOptions } from '../../src/codec/codec.ts'
import { frame } from '../../src/codec/frame.ts'
import { Frame } from '../../src/codec/frame-packet.ts'
import { ndjson } from '../../src/codec/ndjson.ts'
import { type Packet, packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { cuttings, decodeAll, noReject, randomNumbers } from '../support/chunking.ts'

function decode(input: Uint8Array | readonly Uint8Array[], options: Partial<DecodeOptions> = {}) {
  const chunks = input instanceof Uint8Array ? [input] : input
  return decodeAll(reject => frame.decoder({ source: 'in', reject, ...options }), chunks)
}

function encode(batch: readonly Packet[], crc = true): Buffer {
  return Buffer.concat([...frame.encoder({ reject: noReject, crc }).push(batch)])
}

const PACKETS = [
  packet({ name: 'empty' }),
  packet({ name: 'ü €', value: 1.5, deep: { a: [1, null] } }, Uint8Array.of(0xf7, 0x44, 0x41, 0x51, 0)),
  packet({}),
  packet({ seq: 3 }, new Uint8Array(300).fill(7)),
]

function plain(packets: readonly Packet[]) {
  return packets.map(({ meta, data }) => ({ meta, data: Buffer.from(data).toString('hex') }))
}

t.test('the bytes are those of packet(5)', async t => {
  const bytes = encode([packet({ a: 1 }, Uint8Array.of(1, 2, 3))])
  const body = Buffer.from('{"a":1} \x01\x02\x03', 'latin1')
  t.equal(bytes.subarray(0, 8).toString('hex'), 'f744415101011800')
  t.equal(bytes.readUInt32LE(8), 8, 'the meta is padded so that data starts at a multiple of 8')
  t.equal(bytes.readUInt32LE(12), crc32(body))
  t.equal(bytes.readBigUInt64LE(16), 3n)
  t.same(bytes.subarray(24), body)
  const without = encode([packet({ a: 1 })], false)
  t.equal(without[5], 0)
  t.equal(without.readUInt32LE(12), 0)
})

t.test('every chunking gives the same packets', async t => {
  for (const crc of [true, false]) {
    const bytes = encode(PACKETS, crc)
    for (const { name, chunks } of cuttings(bytes)) {
      t.same(decode(chunks, { validate: true }), { packets: plain(PACKETS), rejects: [] }, name)
    }
  }
})

t.test('frames alias the chunk that holds them whole, and pass through as slices', async t => {
  const bytes = encode(Array.from({ length: 200 }, (_, seq) => packet({ seq }, new Uint8Array(50))))
  const batch = frame.decoder({ source: 'in', reject: noReject }).push(bytes)
  t.equal(batch[0]?.data.buffer, bytes.buffer)
  const chunks = frame.encoder({ reject: noReject }).push(batch)
  t.equal(chunks.length, 1)
  t.equal(chunks[0]?.buffer, bytes.buffer)
  t.same(Buffer.concat([...chunks]), bytes)
  t.same(encode(batch, false).length, bytes.length, 'without the checksum they are written anew')
  t.equal(encode(batch, false)[5], 0)
})

t.test('large data is handed on without a copy, and a large frame is joined from its pieces', async t => {
  const data = new Uint8Array(1 << 20).map((_, i) => i)
  const chunks = frame.encoder({ reject: noReject }).push([packet({ big: true }, data), packet({ after: 1 })])
  t.equal(chunks[1], data)
  const bytes = Buffer.concat([...chunks])
  const cut = Array.from({ length: Math.ceil(bytes.length / 65536) }, (_, i) =>
    bytes.subarray(i * 65536, (i + 1) * 65536),
  )
  t.same(decode(cut), { packets: plain([packet({ big: true }, data), packet({ after: 1 })]), rejects: [] })
})

const good = encode([packet({ good: 1 })])

function damaged(change: (bytes: Buffer) => void): Buffer {
  const bytes = encode([packet({ bad: 1 }, Uint8Array.of(1, 2, 3))])
  change(bytes)
  return bytes
}

const DAMAGE: readonly { readonly reason: string; readonly bytes: Buffer }[] = [
  { reason: 'bad CRC', bytes: damaged(bytes => bytes.writeUInt8(9, bytes.length - 1)) },
  { reason: 'bad version', bytes: damaged(bytes => bytes.writeUInt8(2, 4)) },
  { reason: 'bad length', bytes: damaged(bytes => bytes.writeUInt16LE(23, 6)) },
  { reason: 'bad length', bytes: damaged(bytes => bytes.writeBigUInt64LE(2n ** 63n, 16)) },
  { reason: 'bad length', bytes: damaged(bytes => bytes.writeUInt32LE(2 ** 32 - 1, 8)) },
  { reason: 'bad CRC', bytes: damaged(bytes => bytes.writeBigUInt64LE(20n, 16)) },
  { reason: 'truncated', bytes: damaged(bytes => bytes.writeBigUInt64LE(5000n, 16)) },
  { reason: 'not an object', bytes: damaged(bytes => bytes.writeUInt8(0x5b, 24)) },
  { reason: 'noise', bytes: Buffer.from('noise between frames \xf7\xf7D', 'latin1') },
]

t.test('damage is skipped to the next magic, named with its offset, and swallows no good frame', async t => {
  for (const { reason, bytes } of DAMAGE) {
    const input = Buffer.concat([good, bytes, good, good])
    const whole = decode(input)
    t.equal(whole.packets.length, 3, reason)
    t.same(whole.rejects, [{ reason, line: undefined, offset: good.length, bytes: bytes.toString('latin1') }], reason)
    for (const { name, chunks } of cuttings(input)) t.same(decode(chunks), whole, `${reason}, ${name}`)
  }
})

t.test('meta is checked at once only where asked', async t => {
  const bad = encode([packet({ a: 1 })], false)
  bad.write('{"a" 1}', 24)
  const input = Buffer.concat([bad, good])
  t.match(decode(input, { validate: true }), {
    packets: [{ meta: { good: 1 } }],
    rejects: [{ reason: 'invalid JSON', offset: 0 }],
  })
  const [lazy] = frame.decoder({ source: 'in', reject: noReject }).push(input)
  t.throws(() => lazy?.meta, /^in \(byte 0\): /)
  bad[26] = 0xff
  t.match(decode(bad, { validate: true }).rejects, [{ reason: 'invalid UTF-8' }])
})

t.test('a reader skips what it does not know of a longer header, and takes no meta for an empty one', async t => {
  const header = Buffer.concat([good.subarray(0, 24), Buffer.alloc(8, 0xaa)])
  header.writeUInt16LE(32, 6)
  const empty = Buffer.from(good.subarray(0, 24))
  empty.writeUInt32LE(0, 8)
  empty.writeUInt32LE(0, 12)
  const input = Buffer.concat([header, good.subarray(24), empty])
  for (const { name, chunks } of cuttings(input)) {
    t.same(decode(chunks), { packets: plain([packet({ good: 1 }), packet({})]), rejects: [] }, name)
  }
  const batch = frame.decoder({ source: 'in', reject: noReject }).push(input)
  t.same(encode(batch), input, 'it is passed on as it came')
})

t.test('a cut tail is named, whatever is left of it', async t => {
  for (let length = 1; length < good.length; length++) {
    const { packets, rejects } = decode(Buffer.concat([good, good.subarray(0, length)]))
    t.equal(packets.length, 1)
    t.match(rejects, [{ reason: 'truncated', offset: good.length }])
    t.equal(rejects[0]?.bytes.length, length)
  }
})

t.test('a claim of length allocates nothing', async t => {
  const claim = damaged(bytes => bytes.writeBigUInt64LE(2n ** 30n - 1000n, 16))
  const before = process.memoryUsage().arrayBuffers
  const decoder = frame.decoder({ source: 'in', reject: noReject })
  t.same(decoder.push(claim), [])
  t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20)
})

t.test('garbage never makes a packet or an endless loop', async t => {
  const next = randomNumbers(7)
  const bytes = Buffer.from(
    Array.from({ length: 20000 }, () => [0xf7, 0x44, 0x41, 0x51, 1, 0, 24, 255][Math.floor(next() * 8)] ?? 0),
  )
  const whole = decode(bytes)
  t.same(whole.packets, [])
  const covered = whole.rejects.reduce((sum, { bytes }) => sum + bytes.length, 0)
  t.equal(covered, bytes.length, 'each byte is in one reject')
  for (const { name, chunks } of cuttings(bytes, { random: 4 })) t.same(decode(chunks), whole, name)
})

t.test('a frame knows its place', async t => {
  const decoder = frame.decoder({ source: 'in', reject: noReject })
  decoder.push(good)
  const [second] = decoder.push(good)
  t.ok(second instanceof Frame && second.place.offset === good.length)
})

t.test('lines become frames, unparsed where they have no data', async t => {
  const text = '{"a": 1.0}\n{"dtype":"uint8","data":"AQID"}\n{"b":{"c":"\\u00e9"}}\n{"bad":}\n'
  const batch = ndjson.decoder({ source: 'in', reject: noReject }).push(Buffer.from(text))
  const rejects: Reject[] = []
  const bytes = Buffer.concat([...frame.encoder({ reject: bad => rejects.push(bad) }).push(batch)])
  t.equal(bytes.toString('utf8', 24, 34), '{"a": 1.0}', 'the meta keeps its spelling')
  t.same(decode(bytes).packets, [
    { meta: { a: 1 }, data: '' },
    { meta: { dtype: 'uint8' }, data: '010203' },
    { meta: { b: { c: 'é' } }, data: '' },
  ])
  t.match(rejects, [{ reason: 'invalid JSON', place: { line: 4 } }])
})

t.test('frames become lines, and one whose meta is no JSON is rejected', async t => {
  const bad = encode([packet({ a: 1 })], false)
  bad.write('{"a" 1}', 24)
  const batch = frame.decoder({ source: 'in', reject: noReject }).push(Buffer.concat([good, bad, good]))
  const rejects: Reject[] = []
  const lines = Buffer.concat([...ndjson.encoder({ reject: bad => rejects.push(bad) }).push(batch)])
  t.equal(lines.toString(), '{"good":1}\n{"good":1}\n')
  t.match(rejects, [{ reason: 'invalid JSON', place: { source: 'in', offset: good.length } }])
})
