// where: the scan of bytes against a real parse of the same lines.

import fc from 'fast-check'
import t from 'tap'
import { frame } from '../../src/codec/frame.ts'
import { ndjson } from '../../src/codec/ndjson.ts'
import { where } from '../../src/filter/where.ts'
import { packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { cuttings, noReject } from '../support/chunking.ts'
import { damagedJson, KEYS, lineOf, objectJson } from '../support/json-lines.ts'

const field = fc.constantFrom(...KEYS, 'a.b', 'value.a').filter(key => !/^$|[=!<>~]/.test(key) && key.trim() !== '')
const condition = fc
  .tuple(
    field,
    fc.constantFrom('', '==', '!=', '<', '<=', '>', '>=', '~'),
    fc.constantFrom('0', '-0.5', '1', '1e5', 'true', 'null', 'x,y', '', 'ü', '5', 'zz'),
  )
  .filter(([, operator, operand]) => operand !== '' || ['', '==', '!='].includes(operator))
  .map(([field, operator, operand]) => (operator === '' ? field : `${field}${operator}${operand}`))

t.test('a line passes if and only if its parsed object does', async t => {
  let passed = 0
  fc.assert(
    fc.property(
      fc.array(objectJson, { maxLength: 4 }),
      fc.array(condition, { minLength: 1, maxLength: 2 }),
      (all, conditions) => {
        const lines = all.map(lineOf)
        const fast = where(conditions, noReject).push(lines)
        const slow = where(conditions, noReject).push(all.map(json => packet(JSON.parse(json))))
        passed += fast.length
        return JSON.stringify(fast.map(({ meta }) => meta)) === JSON.stringify(slow.map(({ meta }) => meta))
      },
    ),
    { numRuns: 800 },
  )
  t.ok(passed > 40, `${passed} lines passed`)
})

t.test('a line that is no JSON is rejected, or what was read of it is JSON and holds', async t => {
  let rejected = 0
  fc.assert(
    fc.property(damagedJson, json => {
      const rejects: Reject[] = []
      const passed = where(['a'], reject => rejects.push(reject)).push([lineOf(json)])
      try {
        JSON.parse(json)
      } catch {
        rejected += rejects.length
        if (rejects.length > 0) return passed.length === 0 && rejects[0]?.reason === 'invalid JSON'
        return passed.length === 0 || /"a"\s*:/.test(json)
      }
      return rejects.length === 0
    }),
    { numRuns: 500 },
  )
  t.ok(rejected > 30, `${rejected} of 500 were rejected`)
})

t.test('what is looked into must be JSON; what stands before it is not looked at', async t => {
  const outcome = (json: string) => {
    const rejects: Reject[] = []
    const passed = where(['value>0'], reject => rejects.push(reject)).push([lineOf(json)])
    return rejects.length > 0 ? rejects[0]?.reason : passed.length
  }
  for (const value of ['12x', '01', '1.', '"a', 'tru', '', '1 2', '1]', "'1'", '1,', '+1', '"a\tb"'])
    t.equal(outcome(`{"name":"x","value":${value}}`), 'invalid JSON', value)
  t.equal(outcome('{"name":"x" "value":1}'), 'invalid JSON')
  t.equal(outcome('{"value":1,"name":x}'), 'invalid JSON')
  t.equal(outcome('{"name":x}'), 'invalid JSON', 'a missing field takes the whole line')
  t.equal(outcome('{"name":x,"value":1}'), 1)
})

const TEXT =
  '{"name":"Sensor-1","value":-49}\n{"name":"Sensor-2","value":7.5}\n{"name":"\\u0053ensor-1","value":{"x":1}}\n{"value":"8"}\n'

function names(conditions: readonly string[], chunks: readonly Uint8Array[] = [Buffer.from(TEXT)]): readonly unknown[] {
  const decoder = ndjson.decoder({ source: 'in', reject: noReject })
  const stage = where(conditions, noReject)
  return chunks.flatMap(chunk => stage.push(decoder.push(chunk)).map(({ meta }) => meta['value']))
}

t.test('conditions are joined by and, and hold for lines, frames and objects alike', async t => {
  t.same(names(['value>0']), [7.5, { x: 1 }, '8'], 'what is no number compares as text')
  t.same(names(['name==Sensor-1']), [-49, { x: 1 }])
  t.same(names(['name==Sensor-1', 'value<0']), [-49])
  t.same(names(['value>0', 'value<8']), [7.5], 'a range of one field')
  t.same(names(['value.x==1']), [{ x: 1 }])
  t.same(names(['name']), [-49, 7.5, { x: 1 }])
  t.same(names(['name!=Sensor-1']), [7.5], 'a missing field holds for nothing')
  for (const { name, chunks } of cuttings(Buffer.from(TEXT))) t.same(names(['value<=7.5'], chunks), [-49, 7.5], name)
  const bytes = Buffer.concat([...frame.encoder({ reject: noReject }).push([packet({ a: 1 }), packet({ a: 2 })])])
  const frames = frame.decoder({ source: 'in', reject: noReject }).push(bytes)
  t.same(where(['a>1'], noReject).push(frames), frames.slice(1))
})

t.test('a batch that passes whole is the same batch', async t => {
  const batch = [packet({ a: 1 })]
  t.equal(where(['a'], noReject).push(batch), batch)
})

t.test('data that is bytes is no field', async t => {
  const batch = [lineOf('{"dtype":"uint8","data":"AQID"}'), lineOf('{"data":"AQID"}')]
  t.same(where(['data'], noReject).push(batch), batch.slice(1))
})
