// pick: lines cut to some of their fields, against a real parse of the same lines.

import fc from 'fast-check'
import t from 'tap'
import { Line } from '../../src/codec/line.ts'
import { ndjson } from '../../src/codec/ndjson.ts'
import { UsageError } from '../../src/errors.ts'
import { pick } from '../../src/filter/pick.ts'
import { packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { cuttings, noReject } from '../support/chunking.ts'
import { KEYS, lineOf, objectJson } from '../support/json-lines.ts'

function text(batch: Parameters<ReturnType<typeof pick>['push']>[0]): string {
  return Buffer.concat([...ndjson.encoder({ reject: noReject }).push(batch)]).toString()
}

t.test('picked lines hold what picked objects do, in the order asked for', async t => {
  let members = 0
  const fields = fc.uniqueArray(fc.constantFrom(...KEYS.filter(key => key !== '')), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(objectJson, { maxLength: 4 }), fields, (all, fields) => {
      const lines = text(pick(fields, noReject).push(all.map(lineOf)))
      const wanted = all.map(json => {
        const object = JSON.parse(json)
        const own = fields.filter(
          field => Object.hasOwn(object, field) || (field === 'a.b' && Object.hasOwn(object.a ?? {}, 'b')),
        )
        members += own.length
        const value = (field: string) => (Object.hasOwn(object, field) ? object[field] : object.a.b)
        return `{${own.map(field => `${JSON.stringify(field)}:${JSON.stringify(value(field))}`).join(',')}}`
      })
      // Numbers keep their spelling in plain lines: both sides are spelled anew, member by member.
      const spelled = lines
        .split('\n')
        .slice(0, -1)
        .map(line => JSON.stringify(JSON.parse(line)))
      return JSON.stringify(spelled) === JSON.stringify(wanted.map(line => JSON.stringify(JSON.parse(line))))
    }),
    { numRuns: 500 },
  )
  t.ok(members > 100, `${members} fields were picked`)
})

const TEXT = '{"a": 1.0, "b":"x","c":null}\n{"c":[1],"b":"\\u0041"}\n{}\n'

t.test('values keep their spelling, missing fields are left out, every chunking is the same', async t => {
  const wanted = '{"c":null,"a":1.0}\n{"c":[1]}\n{}\n'
  for (const { name, chunks } of cuttings(Buffer.from(TEXT))) {
    const decoder = ndjson.decoder({ source: 'in', reject: noReject })
    const stage = pick(['c', 'a', 'c'], noReject)
    t.equal(chunks.map(chunk => text(stage.push(decoder.push(chunk)))).join(''), wanted, name)
  }
})

t.test('picked lines know the places they came from', async t => {
  const batch = ndjson.decoder({ source: 'in', reject: noReject }).push(Buffer.from(TEXT))
  const places = pick(['b'], noReject)
    .push(batch)
    .map(item => (item instanceof Line ? item.place : undefined))
  t.same(
    places,
    batch.map(item => (item instanceof Line ? item.place : undefined)),
  )
})

t.test('bytes are kept where data is asked for, with their dtype', async t => {
  const bytes = Uint8Array.of(1, 2)
  const packets = [packet({ a: 1, dtype: 'int8' }, bytes), packet({ a: 2 })]
  t.same(pick(['a'], noReject).push(packets), [packet({ a: 1 }), packet({ a: 2 })])
  t.same(pick(['data', 'a'], noReject).push(packets), [packet({ a: 1, dtype: 'int8' }, bytes), packet({ a: 2 })])
  const lines = ndjson
    .decoder({ source: 'in', reject: noReject })
    .push(Buffer.from('{"data":"AQI=","dtype":"int8","b":1}\n{"data":5}\n'))
  t.equal(text(pick(['data'], noReject).push(lines)), '{"dtype":"int8","data":"AQI="}\n{"data":5}\n')
})

t.test('a line that is no JSON is rejected, and nothing to pick is refused', async t => {
  const rejects: Reject[] = []
  t.same(pick(['a'], reject => rejects.push(reject)).push([lineOf('{"a":1]}')]), [])
  t.match(rejects, [{ reason: 'invalid JSON', place: { line: 2 } }])
  t.throws(() => pick([], noReject), UsageError)
  t.throws(() => pick(['a', ''], noReject), UsageError)
})
