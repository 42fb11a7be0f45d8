// CSV: rows in, rows out, byte for byte; plain lines without a parse, and everything that is no row.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import type { DecodeOptions } from '../../src/codec/codec.ts'
import { csv } from '../../src/codec/csv.ts'
import { ndjson } from '../../src/codec/ndjson.ts'
import { DataError } from '../../src/errors.ts'
import { gapPacket, type Packet, packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { cuttings, decodeAll, noReject, randomNumbers } from '../support/chunking.ts'
import { lineOf, objectJson } from '../support/json-lines.ts'

function decode(input: string | Uint8Array | readonly Uint8Array[], options: Partial<DecodeOptions> = {}) {
  const chunks = typeof input === 'string' ? [Buffer.from(input)] : input instanceof Uint8Array ? [input] : input
  return decodeAll(reject => csv.decoder({ source: 'in', reject, ...options }), chunks)
}

function metas(input: string) {
  return decode(input).packets.map(({ meta }) => meta)
}

function encode(batch: readonly Packet[], reject: (reject: Reject) => void = noReject): string {
  return Buffer.concat([...csv.encoder({ reject }).push(batch)]).toString()
}

function lines(text: string): readonly Packet[] {
  return ndjson.decoder({ source: 'in', reject: noReject }).push(Buffer.from(text))
}

t.test('the message of a sensor as a row', async t => {
  const message = '{"id": 0, "name": "Sensor-0", "data": -49, "time_stamp": "2023-03-12_19:31:48.935322"}\n'
  const rows = 'id,name,data,time_stamp\r\n0,Sensor-0,-49,2023-03-12_19:31:48.935322\r\n'
  t.equal(encode(lines(message)), rows)
  t.equal(encode(lines(message).map(({ meta }) => packet(meta))), rows)
})

t.test('cells mean what they look like, and quoted ones are text', async t => {
  t.same(metas('a,b,c,d\n1,-2.50,1e3,x\n'), [{ a: 1, b: -2.5, c: 1000, d: 'x' }])
  t.same(metas('a,b,c,d\n"1",,"",true\n'), [{ a: '1', b: null, c: '', d: true }])
  t.same(metas('a,b,c,d\n007,+1,.5, 1\n'), [{ a: '007', b: '+1', c: '.5', d: ' 1' }])
  t.same(metas('a,b\n12345678901234567890,0.1234567890123456789\n'), [
    { a: '12345678901234567890', b: '0.1234567890123456789' },
  ])
  t.same(metas('a,b,c\n1e400,1e-400,NaN\n'), [{ a: '1e400', b: '1e-400', c: 'NaN' }])
  t.same(metas('a,b,c\n"{""x"":[1,\r\n2]}",[1],{x}\n'), [{ a: { x: [1, 2] }, b: [1], c: '{x}' }])
  t.same(metas('ä,b\nö €,"say ""hi"", twice\r\nnow"\n'), [{ ä: 'ö €', b: 'say "hi", twice\r\nnow' }])
  t.same(metas('a\n5" pipe\n'), [{ a: '5" pipe' }])
  t.same(metas('\ufeff"a\nb",c\n1,2'), [{ 'a\nb': 1, c: 2 }], 'a byte order mark is no part of the header')
  t.same(metas('a,b\r\n\r\n1,2\r\n\n3,4\r'), [
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ])
})

t.test('what was read is written back byte for byte', async t => {
  const next = randomNumbers(3)
  let text = 'timestamp,value\r\n'
  for (let i = 0; i < 3000; i++) text += `2013-07-04 ${i}:00:00,${(60 + next() * 25).toFixed(8)}\r\n`
  text += '"x,y",1.0\r\n,1E5\r\n"",-0\r\n"5","true"\r\nü,"[1,{""a"":""b""}]"\r\n'
  const decoder = csv.decoder({ source: 'in', reject: noReject })
  t.equal(encode(decoder.push(Buffer.from(text))), text)
})

t.test('JSON comes back from CSV as it was, but for missing keys', async t => {
  const values = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Object.is(value, -0)),
    fc.integer(),
    fc.string().filter(text => !/^[{[]/.test(text)),
    fc.string({ unit: 'grapheme' }).filter(text => !/^[{[]/.test(text)),
    fc.constantFrom('1', 'true', '', '-0.5', '1e5', 'a\r\nb', '"', 'x,y', '\t'),
    fc.array(fc.jsonValue(), { maxLength: 2 }),
  )
  const rows = fc.array(fc.record({ ä: values, 'b,"': values, c: values }, { noNullPrototype: true }), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(rows, rows => {
      const text = encode(rows.map(row => packet(JSON.parse(JSON.stringify(row)))))
      t.strictSame(metas(text), JSON.parse(JSON.stringify(rows))) || t.fail(text)
    }),
    { numRuns: 80 },
  )
})

const HOSTILE = Buffer.concat([
  Buffer.from('a,b\r\n1,2\r\n1,2,3\n1\n"x\ny",4\n'),
  Buffer.from([0x31, 0x2c, 0xff, 0x0a]),
  Buffer.from('\n5,"6"\n"open,7\n8,9\n'),
])

t.test('every chunking gives the same packets and rejects, with their places', async t => {
  const whole = decode(HOSTILE)
  t.same(
    whole.packets.map(({ meta }) => meta),
    [
      { a: 1, b: 2 },
      { a: 'x\ny', b: 4 },
      { a: 5, b: '6' },
    ],
  )
  t.same(
    whole.rejects.map(({ reason, line }) => [reason, line]),
    [
      ['wrong number of cells', 3],
      ['wrong number of cells', 4],
      ['invalid UTF-8', 7],
      ['truncated', 10],
    ],
  )
  for (const { offset = -1, bytes } of whole.rejects) {
    t.equal(HOSTILE.subarray(offset, offset + bytes.length).toString('latin1'), bytes)
  }
  for (const { name, chunks } of cuttings(HOSTILE)) t.same(decode(chunks), whole, name)
})

t.test('a row knows the place it came from', async t => {
  const decoder = csv.decoder({ source: 'log.csv', reject: noReject })
  const batch = decoder.push(Buffer.from('a\r\n"x\n"\r\n2\r\n'))
  t.match(batch, [{ place: { source: 'log.csv', line: 2, offset: 3 } }, { place: { line: 4, offset: 9 } }])
})

t.test('a record that is too long is passed over', async t => {
  const input = Buffer.from(`a,b\n1,"${'x\n'.repeat(500)}"\n3,4\n5,${'y'.repeat(200)}\n6,7\n`)
  const whole = decode(input, { maxPacket: 100 })
  t.match(whole.rejects, [
    { reason: 'too long', line: 2, offset: 4 },
    { reason: 'too long', line: 504 },
  ])
  t.equal(whole.packets.length, 2)
  for (const { name, chunks } of cuttings(input)) t.same(decode(chunks, { maxPacket: 100 }), whole, name)
})

t.test('a header that names no columns ends it all', async t => {
  t.throws(() => decode('a,,c\n1,2,3\n'), /^in:1 \(byte 0\): the header has a column without a name$/)
  t.throws(() => decode('a,ä,ä\n1,2,3\n'), /the header has the column 'ä' twice/)
  t.throws(() => decode(Buffer.from([0xff, 0x0a])), DataError)
  t.throws(() => decode('a,"b'), /the header cannot be read: the input ends within a quoted cell/)
  t.same(decode(''), { packets: [], rejects: [] })
})

t.test('plain lines become the rows that parsed ones do', async t => {
  const columns = packet({ a: 0, value: 0, name: '', ü: 0, 'a.b': 0 })
  const column = new Set(Object.keys(columns.meta))
  let written = 0
  fc.assert(
    fc.property(fc.array(objectJson, { maxLength: 5 }), all => {
      const known = all.filter(json => Object.keys(JSON.parse(json)).every(key => column.has(key)))
      const rejects: [string[], string[]] = [[], []]
      const spelled = known.map(json => JSON.stringify(JSON.parse(json)))
      const fast = encode([columns, ...spelled.map(lineOf)], ({ reason }) => rejects[0].push(reason))
      const slow = encode([columns, ...spelled.map(json => packet(JSON.parse(json)))], ({ reason }) =>
        rejects[1].push(reason),
      )
      written += known.length
      return fast === slow && rejects[0].join() === rejects[1].join()
    }),
    { numRuns: 250 },
  )
  t.ok(written > 40, `${written} rows were compared`)
  const rows = encode(lines('{"a":"1","b":"x, y"}\n{"b":"true","a":null}\n{"a":1.50}\n{"a":"","b":false,"b":-0}\n'))
  t.equal(rows, 'a,b\r\n"1","x, y"\r\n,"true"\r\n1.50,\r\n"",-0\r\n')
  t.equal(encode(lines('{"a":null}\n{}\n{"a":1}\n')), 'a\r\n""\r\n""\r\n1\r\n')
})

t.test('a key without a column is rejected, or goes to the column extra', async t => {
  const rejects: Reject[] = []
  const input = '{"a":1}\n{"a":2,"b":{"c":1}}\n{"b":3}\n{"a":4}\n'
  t.equal(
    encode(lines(input), reject => rejects.push(reject)),
    'a\r\n1\r\n4\r\n',
  )
  t.match(rejects, [
    { reason: 'no such column', detail: "'b' (columns: a)", place: { line: 2, offset: 8 } },
    { reason: 'no such column', place: { line: 3 } },
  ])
  t.equal(encode(lines('{"a":1,"extra":null}\n{"a":2,"b":"x"}\n')), 'a,extra\r\n1,\r\n2,"{""b"":""x""}"\r\n')
  const gaps: Reject[] = []
  const gap = gapPacket({ lost: 1, reason: 'overflow', stage: 'queue' })
  t.equal(
    encode([gap, packet({ a: 1 }), gap], reject => gaps.push(reject)),
    'a\r\n1\r\n',
  )
  t.equal(gaps.length, 2, 'a gap record fixes no columns')
})

t.test('a line that is no JSON is rejected and fixes no columns', async t => {
  const rejects: Reject[] = []
  t.equal(
    encode(lines('{"a":}\n{"a":1}\n{"a":x}\n'), reject => rejects.push(reject)),
    'a\r\n1\r\n',
  )
  t.match(rejects, [
    { reason: 'invalid JSON', place: { line: 1 } },
    { reason: 'invalid JSON', place: { line: 3 } },
  ])
})

t.test('data is base64 text in a column of its own', async t => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6)
  const text = encode([packet({ a: 1 }, bytes), packet({ a: 2 })])
  t.equal(text, 'a,dtype,data\r\n1,uint8,AQIDBAUG\r\n2,,\r\n')
  t.match(decode(text).packets, [{ meta: { a: 1, dtype: 'uint8' }, data: '010203040506' }, { meta: { a: 2 } }])
  t.equal(
    encode(lines('{"dtype":"uint8","data":"1234"}\n{"data":"AQID","dtype":"uint8"}\n')),
    'dtype,data\r\nuint8,"1234"\r\nuint8,AQID\r\n',
  )
  const rejects: Reject[] = []
  encode([packet({ a: 1 }), packet({ a: 2 }, bytes)], reject => rejects.push(reject))
  t.match(rejects, [{ reason: 'no such column', detail: "'data' (columns: a)" }])
})

const DATA = process.env['DAQ_TEST_DATA']

const skip = DATA === undefined ? 'DAQ_TEST_DATA is not set' : false
t.test('measured temperatures go through JSON and come back with every value as it was', { skip }, async t => {
  const bytes = readFileSync(join(DATA ?? '', 'ambient-temperature.csv'))
  const batch = csv.decoder({ source: 'in', reject: noReject }).push(bytes)
  const values = batch.map(({ meta }) => Number(meta['value']))
  t.equal(values.length, 7267)
  t.equal((values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(7), '71.2424327')
  const json = Buffer.concat([...ndjson.encoder({ reject: noReject }).push(batch)]).toString()
  for (const rows of [encode(batch), encode(lines(json)), encode(batch.map(({ meta }) => packet(meta)))]) {
    t.equal(rows.replaceAll('\r\n', '\n').trim(), bytes.toString().replaceAll('\r\n', '\n').trim())
  }
})
