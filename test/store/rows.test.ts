// Packets as rows, and back.

import t from 'tap'
import { ndjson } from '../../src/codec/ndjson.ts'
import { type Batch, type Meta, packet } from '../../src/packet.ts'
import { packetOfRow, rowOf } from '../../src/store/rows.ts'

function linesOf(...texts: string[]): Batch {
  const reject = () => {
    throw new Error('rejected')
  }
  return ndjson.decoder({ source: 'in', reject }).push(Buffer.from(texts.map(text => `${text}\n`).join('')))
}

function printed(batch: Batch): string {
  const chunks = ndjson.encoder({ reject: () => {} }).push(batch)
  return Buffer.concat(chunks).toString()
}

const EMPTY = { timestamp: null, id: null, name: null, value: null, extra: null, data: null }

t.test('text and numbers stand in the columns, everything else in extra', async t => {
  const rows: readonly (readonly [Meta, object])[] = [
    [
      { timestamp: 't', id: 'i', name: 'n', value: -49 },
      { timestamp: 't', id: 'i', name: 'n', value: -49 },
    ],
    [{ value: 'text' }, { value: 'text' }],
    [{ value: null }, { extra: '{"value":null}' }],
    [{ value: true, unit: 'K' }, { extra: '{"value":true,"unit":"K"}' }],
    [{ value: [1, { a: 2 }] }, { extra: '{"value":[1,{"a":2}]}' }],
    [{ timestamp: 5, id: 6, name: null }, { extra: '{"timestamp":5,"id":6,"name":null}' }],
    [{ name: '\ud83d' }, { extra: '{"name":"\\ud83d"}' }],
    [{}, {}],
  ]
  for (const [meta, expected] of rows) {
    const row = rowOf(packet(meta))
    t.same(row, { ...EMPTY, ...expected }, JSON.stringify(meta))
    t.same(packetOfRow(row, 's').meta, meta)
  }
})

t.test('bytes have a column', async t => {
  const row = rowOf(packet({ dtype: 'uint8' }, Uint8Array.of(1, 2)))
  t.same(row.data, Uint8Array.of(1, 2))
  t.same(packetOfRow(row, 's').data, Uint8Array.of(1, 2))
  t.equal(rowOf(packet({})).data, null)
})

t.test('a plain line is read without a parse, and gives what the parser gives', async t => {
  const lines = [
    '{"timestamp":"2026-11-21T04:00:00.123Z","id":"a","name":"Sensor-3","value":-49}',
    '{"timestamp":"","id":"","name":"","value":0}',
    '{"timestamp":"t","id":"i","name":"n","value":1.5e-3}',
    '{"timestamp":"t","id":"i","name":"n","value":-0}',
    '{"timestamp":"t","id":"i","name":"n\\"","value":1}',
    '{"timestamp":"t","id":"i","name":"é","value":1}',
    '{"timestamp":"t","id":"i","name":"n","value":1,"value":2}',
    '{"timestamp":"t","id":"i","name":"n","value":"1"}',
    '{"timestamp":"t","id":"i","name":"n","value":{}}',
    '{"id":"i","timestamp":"t","name":"n","value":1}',
    '{"timestamp": "t","id":"i","name":"n","value":1}',
  ]
  for (const line of linesOf(...lines)) {
    t.same(rowOf(line), rowOf(packet(line.meta)), JSON.stringify(line.meta))
  }
})

t.test('what only looks like a plain line is left to the parser', async t => {
  for (const value of ['01', '1.', '.5', '+1', '1e', 'NaN', '--1', '1}']) {
    const [line] = linesOf(`{"timestamp":"t","id":"i","name":"n","value":${value}}`)
    t.throws(() => line && rowOf(line), { name: 'DataError' }, value)
  }
})

t.test('an integer that no double holds keeps its spelling', async t => {
  const lines = [
    '{"timestamp":"t","id":"i","name":"n","value":9223372036854775807}',
    '{"id":"i","value":-9007199254740993}',
  ]
  const rows = linesOf(...lines).map(rowOf)
  t.same(
    rows.map(row => row.value),
    [9223372036854775807n, -9007199254740993n],
  )
  t.equal(printed(rows.map(row => packetOfRow(row, 's'))), lines.map(line => `${line}\n`).join(''))
})

t.test('an integer of more than 64 bits is a double', async t => {
  const [line] = linesOf('{"value":18446744073709551616}')
  t.equal(line && rowOf(line).value, 2 ** 64)
})

t.test('integers in the JSON of a row keep their spelling, too', async t => {
  const row = { ...EMPTY, name: 'n', extra: '{"serial":12345678901234567890}' }
  t.equal(printed([packetOfRow(row, 's')]), '{"name":"n","serial":12345678901234567890}\n')
})

t.test('JSON that is no object is an error', async t => {
  for (const extra of ['[1]', '{', '5', '[12345678901234567]', 'null'])
    t.throws(() => packetOfRow({ ...EMPTY, extra }, 's'), SyntaxError, extra)
})

t.test('a key named __proto__ is a key like any other', async t => {
  const [line] = linesOf('{"__proto__":{"a":1}}')
  t.equal(line && rowOf(line).extra, '{"__proto__":{"a":1}}')
})
