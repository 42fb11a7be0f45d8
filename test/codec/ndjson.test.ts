// Newline-JSON: lines in, lines out, and everything that is none.

import ndjsonLibrary from 'ndjson'
import split2 from 'split2'
import t from 'tap'
import type { DecodeOptions, EncodeOptions } from '../../src/codec/codec.ts'
import { Line } from '../../src/codec/line.ts'
import { ndjson } from '../../src/codec/ndjson.ts'
import { DataError } from '../../src/errors.ts'
import { NO_DATA, packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { cuttings, decodeAll, noReject } from '../support/chunking.ts'

function decode(input: Uint8Array | string | readonly Uint8Array[], options: Partial<DecodeOptions> = {}) {
  const chunks = typeof input === 'string' ? [Buffer.from(input)] : input instanceof Uint8Array ? [input] : input
  return decodeAll(reject => ndjson.decoder({ source: 'in', reject, ...options }), chunks)
}

function encode(batch: Parameters<ReturnType<typeof ndjson.encoder>['push']>[0], options: Partial<EncodeOptions> = {}) {
  return Buffer.concat([...ndjson.encoder({ reject: noReject, ...options }).push(batch)]).toString()
}

const MIXED = Buffer.concat([
  Buffer.from('\ufeff{"first":1}\n{"a":"ü €","b":[1,2,{"c":"}"}]}\r\n\n  \r\n\x1e{"rs":true}\n'),
  Buffer.from('not json\n[1,2]\n"text"\n{"broken":}\n{"open":1\n'),
  Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x0a]),
  Buffer.from('\t{"spaces":1} \r\n{"dtype":"uint8","data":"AQID"}\n{"last":{"deep":[]}}'),
])

t.test('every chunking gives the same packets and the same rejects', async t => {
  for (const validate of [false, true]) {
    const good = MIXED.toString('latin1').replace('{"broken":}\n', '')
    const input = validate ? MIXED : Buffer.from(good, 'latin1')
    const whole = decode(input, { validate })
    t.equal(whole.packets.length, 6)
    t.equal(whole.rejects.length, validate ? 6 : 5)
    for (const { name, chunks } of cuttings(input)) t.same(decode(chunks, { validate }), whole, name)
  }
})

t.test('rejects name line and byte offset exactly', async t => {
  const { rejects } = decode(MIXED, { validate: true })
  t.same(
    rejects.map(({ reason, line }) => [reason, line]),
    [
      ['not an object', 6],
      ['not an object', 7],
      ['not an object', 8],
      ['invalid JSON', 9],
      ['not an object', 10],
      ['invalid UTF-8', 11],
    ],
  )
  for (const { offset = -1, bytes } of rejects) {
    t.equal(MIXED.subarray(offset, offset + bytes.length).toString('latin1'), bytes)
    t.equal(MIXED[offset - 1], 10)
  }
})

t.test('input that is no text is told once which formats have to be named', async t => {
  const plain = 'expected a line that starts with {'
  const hint = `${plain}; bytes that are no text want --from raw or --from vrt`
  const vrt = Buffer.from('1c60000490000003', 'hex')
  const inputs: readonly (readonly [string, Buffer, readonly string[]])[] = [
    ['zeros in it', Buffer.concat([vrt, Buffer.from('\n'), vrt, Buffer.from('\n')]), [hint, plain]],
    ['no UTF-8, and no newline', Buffer.from([0x41, 0xff, 0xfe]), [hint]],
    ['text', Buffer.from('<html>\ncafé\n'), [plain, plain]],
    ['other bytes after text', Buffer.from([0x41, 0x0a, 0xff, 0x0a]), [plain, plain]],
  ]
  for (const [name, input, details] of inputs) {
    for (const { chunks } of cuttings(input)) {
      const told: (string | undefined)[] = []
      const decoder = ndjson.decoder({ source: 'in', reject: ({ detail }) => told.push(detail) })
      for (const chunk of chunks) decoder.push(chunk)
      decoder.end?.()
      t.same(told, details, name)
    }
  }
})

t.test('the same objects as ndjson and split2 read', async t => {
  const text = [
    '{"timestamp":"2026-01-01T00:00:00.000Z","value":-49}',
    '{"name":"日本 \\u00e9 \\" \\\\"}\r',
    '{"nested":{"a":[1,2.5e-3,null,true]}}',
    '{"unfinished":"line"}',
  ].join('\n')
  for (const make of [() => ndjsonLibrary.parse(), () => split2(JSON.parse)]) {
    const stream = make()
    const wanted: unknown[] = []
    stream.on('data', (object: unknown) => wanted.push(object))
    const ended = new Promise(resolve => stream.on('end', resolve))
    stream.end(text)
    await ended
    t.same(
      decode(text).packets.map(({ meta }) => meta),
      wanted,
    )
  }
})

t.test('a last line without its newline is whole or truncated', async t => {
  t.match(decode('{"a":1}\n{"b":2}'), { packets: [{ meta: { a: 1 } }, { meta: { b: 2 } }], rejects: [] })
  for (const cut of ['{"a":1}\n{"b":', '{"a":1}\n{"b":{"c":1}', '{"a":1}\n{"b":"é'.slice(0, -1)]) {
    t.match(decode(cut), { packets: [{ meta: { a: 1 } }], rejects: [{ reason: 'truncated', line: 2, offset: 8 }] }, cut)
  }
  t.match(decode('{"a":1}\nnoise'), { rejects: [{ reason: 'not an object', line: 2 }] })
  t.same(decode('{"a":1}\n \r').rejects, [], 'white space alone is no line')
})

t.test('a line that is too long is passed over without being held', async t => {
  const input = Buffer.from(`{"a":1}\n{"long":"${'x'.repeat(5000)}"}\n{"b":2}\n${'y'.repeat(4000)}`)
  const whole = decode(input, { maxPacket: 1000 })
  t.same(
    whole.packets.map(({ meta }) => meta),
    [{ a: 1 }, { b: 2 }],
  )
  t.match(whole.rejects, [
    { reason: 'too long', line: 2, offset: 8 },
    { reason: 'too long', line: 4 },
  ])
  t.same(
    whole.rejects.map(({ bytes }) => bytes.length),
    [1000, 1000],
  )
  for (const { name, chunks } of cuttings(input)) t.same(decode(chunks, { maxPacket: 1000 }), whole, name)
  const exact = decode('{"a":1}\n{"a":12}\n', { maxPacket: 7 })
  t.equal(exact.packets.length, 1, 'a line of just the longest length passes')
  t.match(exact.rejects, [{ reason: 'too long', line: 2, offset: 8 }])
})

t.test('a line of 200 MB costs time in proportion to its length', async t => {
  const piece = Buffer.alloc(65536, 'x')
  const rejects: Reject[] = []
  const decoder = ndjson.decoder({ source: 'in', reject: reject => rejects.push(reject) })
  t.equal(decoder.push(Buffer.from('{"a":"')).length, 0)
  let early = 0
  for (let i = 0; i < 3200; i++) early += decoder.push(piece).length
  t.equal(early, 0)
  const [line] = decoder.push(Buffer.from('"}\n{"b":2}\n'))
  t.ok(line instanceof Line && line.end === 3200 * 65536 + 8, 'it is passed on, unparsed')
  t.same(rejects, [])
})

t.test('a line is parsed when somebody looks, once, and says where it is wrong', async t => {
  const decoder = ndjson.decoder({ source: 'file.ndjson', reject: noReject })
  const [good, bad] = decoder.push(Buffer.from('{"a":1}\n{"b":}\n'))
  t.equal(good?.meta, good?.meta)
  t.same(good?.data, NO_DATA)
  t.throws(() => bad?.meta, DataError)
  t.throws(() => bad?.meta, /^file\.ndjson:2 \(byte 8\): invalid JSON: /)
})

t.test('lines are written as they came, contiguous ones without a copy', async t => {
  const input = Buffer.from('{"a": 1.0}\n{"b":2}\n{"c":3}\n'.repeat(1000))
  const batch = ndjson.decoder({ source: 'in', reject: noReject }).push(input)
  const chunks = ndjson.encoder({ reject: noReject }).push(batch)
  t.equal(chunks.length, 1)
  t.equal(chunks[0]?.buffer, input.buffer)
  t.equal(Buffer.concat([...chunks]).compare(input), 0)
  const some = batch.filter((_, i) => i % 3 !== 1)
  t.equal(encode(some), '{"a": 1.0}\n{"c":3}\n'.repeat(1000))
})

t.test('every line that is written ends in a newline of its own', async t => {
  const decoder = ndjson.decoder({ source: 'in', reject: noReject })
  const batch = [...decoder.push(Buffer.from('\x1e{"a":1}\r\n  {"b":2} \n{"c":3}')), ...(decoder.end?.() ?? [])]
  t.equal(encode(batch), '{"a":1}\n{"b":2}\n{"c":3}\n')
  t.equal(encode([...batch, packet({ d: 4 }), ...batch]), `${encode(batch)}{"d":4}\n${encode(batch)}`)
  t.equal(encode([]), '')
  const long = 'é'.repeat(40000)
  t.equal(encode([packet({ long }), packet({ a: 1 })]), `{"long":"${long}"}\n{"a":1}\n`)
})

t.test('data travels as base64 text or as numbers', async t => {
  const bytes = Uint8Array.of(1, 2, 3, 255)
  t.equal(encode([packet({ a: 1 }, bytes)]), '{"a":1,"dtype":"uint8","data":"AQID/w=="}\n')
  const floats = new Uint8Array(Float32Array.of(1, -0.5, -0, 3).buffer)
  const samples = packet({ dtype: 'complex64' }, floats)
  t.equal(encode([samples], { data: 'array' }), '{"dtype":"complex64","data":[1,-0.5,-0,3]}\n')
  t.equal(encode([packet({ dtype: 'jpeg' }, bytes)], { data: 'array' }), '{"dtype":"jpeg","data":"AQID/w=="}\n')
  for (const data of ['base64', 'array'] as const) {
    const { packets } = decode(encode([samples], { data }))
    t.same(packets, [{ meta: { dtype: 'complex64' }, data: Buffer.from(floats).toString('hex') }])
  }
  const own = packet({ data: 'mine' }, bytes)
  t.throws(() => encode([own]), /data twice/)
})

t.test('data without a dtype that is known is a field like any other', async t => {
  for (const line of ['{"data":"AQID"}', '{"data":[1],"dtype":"what"}', '{"data":"no!","dtype":5}']) {
    t.same(decode(line).packets, [{ meta: JSON.parse(line), data: '' }], line)
  }
})

t.test('data that is not what its dtype asks for is bad, for whoever looks', async t => {
  const bad = [
    ['int16', '[1,2,3,400000]', 'data[3] is 400000, expected int16'],
    ['uint8', '[0.5]', 'data[0] is 0.5, expected uint8'],
    ['float32', '[1,1e39]', 'data[1] is 1e+39, expected float32'],
    ['float64', '[1,null]', 'data[1] is no number, expected float64'],
    ['complex64', '[1,2,3]', '3 numbers, expected two for each complex element'],
    ['int64', '[1]', 'an array, expected base64 text for int64'],
    ['uint8', '"no!"', 'expected base64 text or an array of uint8'],
    ['uint8', '{"a":1}', 'expected base64 text or an array of uint8'],
  ]
  for (const [dtype, data, detail] of bad) {
    const text = `{"a":1}\n{"dtype":"${dtype}","data":${data}}`
    const [, line] = ndjson.decoder({ source: 'in', reject: noReject }).push(Buffer.from(`${text}\n`))
    t.throws(() => line?.meta, new DataError({ source: 'in', line: 2, offset: 8 }, `bad data: ${detail}`), text)
    t.equal(encode(line ? [line] : []), `${text.slice(8)}\n`, 'where nobody looks it passes as it came')
    for (const ending of ['', '\n']) {
      const { packets, rejects } = decode(`${text}${ending}`, { validate: true })
      t.equal(packets.length, 1)
      t.match(rejects, [{ reason: 'bad data', line: 2, offset: 8 }], `${text}${ending}`)
    }
  }
})
