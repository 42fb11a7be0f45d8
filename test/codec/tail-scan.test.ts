// The scan from the end against JSON.parse: it may give up, but never be wrong.

import fc from 'fast-check'
import t from 'tap'
import { TailScan } from '../../src/codec/tail-scan.ts'
import { damagedJson, KEYS, objectJson } from '../support/json-lines.ts'
import { parsed, scanned } from '../support/scanned.ts'

const keys = fc.uniqueArray(fc.constantFrom(...KEYS, '\ud800', ',', ',n'), { minLength: 1, maxLength: 5 })

t.test('a scan says what JSON.parse says, or gives up', async t => {
  let sure = 0
  fc.assert(
    fc.property(objectJson, keys, (json, keys) => {
      const found = scanned(new TailScan(keys), json, keys)
      if (!found) return
      sure++
      if (JSON.stringify(found) !== JSON.stringify(parsed(json, keys))) throw new Error('scan and parse differ')
    }),
    { numRuns: 1000 },
  )
  t.ok(sure > 100, `${sure} of 1000 were sure`)
})

t.test('what is found in a line that is no JSON is JSON', async t => {
  let sure = 0
  fc.assert(
    fc.property(damagedJson, keys, (json, keys) => {
      if (scanned(new TailScan(keys), json, keys)) sure++
    }),
    { numRuns: 700 },
  )
  t.ok(sure > 30, `${sure} of 700 were sure`)
})

t.test('it is sure where the members from the field on are plain', async t => {
  for (const json of [
    '{}',
    '{ }',
    '{"value":1}',
    '{ "a" : "x" , "value" : -1.5e3 }',
    '{"b":[1,{"value":2}],"value":true}',
    '{"b":"\\",\\"","value":"{[:,]}"}',
    '{"value":1,"b":null}',
    '{"value":1,"value":2}',
    '{"value":1,"b":0,"value":[2],"value":""}',
  ])
    t.same(scanned(new TailScan(['value']), json, ['value']), parsed(json, ['value']), json)
})

t.test('it gives up at nesting, escapes and what is no JSON', async t => {
  for (const json of [
    '{"a":1,"b":[]}',
    '{"a":{"a":1}}',
    '{"a":"\\""}',
    '{"a":"\\n"}',
    '{"\\n":1}',
    '{",\\n":1}',
    '{"a\\"":1}',
    '{"\\u0061":1}',
    '{"a":"\t"}',
    '{"a":01}',
    '{"a":}',
    '{"a":1}}',
    '{"a":1,}',
    '{"x" "a":1}',
    '{a":1}',
    '{"a"}',
    '{:1}',
    '{,}',
    '{"}',
    '{1}',
    '{{"a":1}',
  ])
    t.equal(scanned(new TailScan(['a', 'n', 'missing']), json, ['a', 'n', 'missing']), undefined, json)
})
