// The scan from the end against JSON.parse: it may give up, but never be wrong.

import fc from 'fast-check'
import t from 'tap'
import { TailScan } from '../../src/codec/tail-scan.ts'
import { damagedJson, KEYS, lineOf, objectJson } from '../support/json-lines.ts'

/** What the scan says, as JSON.parse would say it; nothing where it gives up. */
function scanned(json: string, keys: readonly string[]): Record<string, unknown> | undefined {
  const line = lineOf(json)
  const scan = new TailScan(keys)
  if (!scan.scan(line)) return undefined
  const found = Object.create(null)
  for (const [index, key] of keys.entries()) {
    const start = scan.starts[index] ?? -1
    if (start >= 0) found[key] = JSON.parse(line.buffer.toString('utf8', start, scan.ends[index]))
  }
  return found
}

function parsed(json: string, keys: readonly string[]): Record<string, unknown> {
  const object = JSON.parse(json)
  const found = Object.create(null)
  for (const key of keys) if (Object.hasOwn(object, key)) found[key] = object[key]
  return found
}

const keys = fc.uniqueArray(fc.constantFrom(...KEYS, '\ud800', ',', ',n'), { minLength: 1, maxLength: 5 })

t.test('a scan says what JSON.parse says, or gives up', async t => {
  let sure = 0
  fc.assert(
    fc.property(objectJson, keys, (json, keys) => {
      const found = scanned(json, keys)
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
      if (scanned(json, keys)) sure++
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
    t.same(scanned(json, ['value']), parsed(json, ['value']), json)
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
    t.equal(scanned(json, ['a', 'n', 'missing']), undefined, json)
})
