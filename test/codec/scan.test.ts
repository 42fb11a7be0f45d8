// The scan of fields against JSON.parse: it may give up, but never be wrong.

import fc from 'fast-check'
import t from 'tap'
import { FieldScan, numberAt, numberEnd } from '../../src/codec/scan.ts'
import { damagedJson, KEYS, lineOf, objectJson } from '../support/json-lines.ts'
import { parsed, scanned } from '../support/scanned.ts'

t.test('a scan says what JSON.parse says, or gives up', async t => {
  let sure = 0
  const keys = fc.uniqueArray(fc.constantFrom(...KEYS, '\ud800'), { maxLength: 5 })
  fc.assert(
    fc.property(objectJson, keys, (json, keys) => {
      const found = scanned(new FieldScan(keys), json, keys)
      if (!found) return
      sure++
      if (JSON.stringify(found) !== JSON.stringify(parsed(json, keys))) throw new Error('scan and parse differ')
      const members = new Set(Object.keys(JSON.parse(json)))
      const scan = new FieldScan(keys)
      scan.scan(lineOf(json))
      if (scan.others > 0 !== [...members].some(key => !keys.includes(key))) throw new Error('others are wrong')
    }),
    { numRuns: 700 },
  )
  t.ok(sure > 60, `${sure} of 700 were sure`)
})

t.test('a scan is never sure of what is no JSON', async t => {
  let invalid = 0
  fc.assert(
    fc.property(damagedJson, json => {
      try {
        JSON.parse(json)
      } catch {
        invalid++
        return !new FieldScan(['a', 'value']).scan(lineOf(json))
      }
      return true
    }),
    { numRuns: 700 },
  )
  t.ok(invalid > 120, `${invalid} of 700 were invalid`)
})

t.test('flat lines without escapes are always sure', async t => {
  for (const json of ['{}', '{ }', '{"value":1}', ' {"a":"x", "value" : -1.5e3 }'.trim(), '{"b":null,"a":true}']) {
    t.same(scanned(new FieldScan(['a', 'value']), json, ['a', 'value']), parsed(json, ['a', 'value']), json)
  }
  for (const json of ['{"a":[]}', '{"a":{}}', '{"a":"\\n"}', '{"a":01}', '{"a":1}}', '{"a":"b"c}', '{"a"}', '{,}']) {
    t.equal(new FieldScan(['a']).scan(lineOf(json)), false, json)
  }
})

t.test('the last of two fields with one key counts', async t => {
  t.same(scanned(new FieldScan(['a']), '{"a":1,"a":2}', ['a']), parsed('{"a":1,"a":2}', ['a']))
})

t.test('numbers are read as JSON.parse reads them', async t => {
  const spelling = fc.oneof(
    fc.tuple(fc.integer(), fc.nat()).map(([whole, fraction]) => `${whole}.${fraction}`),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
    fc.bigInt().map(String),
    fc.constantFrom('-0', '-0.0', '0.000000000000001', '999999999999999', '1e22', '123456789.123456789', '0e0'),
  )
  fc.assert(
    fc.property(spelling, text => {
      const bytes = Buffer.from(`x${text},1`)
      const end = numberEnd(bytes, 1)
      return end === text.length + 1 && Object.is(numberAt(bytes, 1, end), JSON.parse(text))
    }),
    { numRuns: 2000 },
  )
  for (const text of ['-', '.5', '1.', '+1', '1e', 'e', '', '1.e5', '1e+']) {
    t.equal(numberEnd(Buffer.from(text), 0), -1, text)
  }
  t.equal(numberEnd(Buffer.from('01'), 0), 1, 'a leading zero ends the number')
})
