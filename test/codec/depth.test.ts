// Nesting: deep enough for anybody, and never deep enough to exhaust the stack.

import t from 'tap'
import { isTooDeep } from '../../src/codec/depth.ts'
import { codecNamed } from '../../src/codec/index.ts'
import { pick } from '../../src/filter/pick.ts'
import { where } from '../../src/filter/where.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { noReject } from '../support/chunking.ts'

function nested(levels: number, open: string, close: string): string {
  return open.repeat(levels) + close.repeat(levels)
}

function tooDeep(json: string): boolean {
  const bytes = Buffer.from(`[${json}[`)
  return isTooDeep(bytes, 1, bytes.length - 1)
}

t.test('a thousand levels are as deep as JSON may be', async t => {
  t.equal(tooDeep(nested(1000, '[', ']')), false)
  t.equal(tooDeep(nested(1001, '[', ']')), true)
  t.equal(tooDeep(`${'{"a":['.repeat(500)}${']}'.repeat(500)}`), false)
  t.equal(tooDeep(`${'{"a":['.repeat(501)}${']}'.repeat(501)}`), true)
  t.equal(tooDeep(`[${'[],{},'.repeat(2000)}0]`), false, 'brackets side by side')
  t.equal(tooDeep(`"${'[\\"{'.repeat(2000)}"`), false, 'brackets in a string')
})

t.test('a line that is nested too deeply passes unparsed, and is rejected wherever it has to be printed', async t => {
  const line = `{"a":${nested(100_000, '[', ']')}}\n`
  const input = Buffer.from(`{"a":1}\n${line}{"a":2}\n`)
  const batch = codecNamed('ndjson').decoder({ source: 'in', reject: noReject }).push(input)
  t.same(Buffer.concat([...codecNamed('ndjson').encoder({ reject: noReject }).push(batch)]), input)
  const rejects: Reject[] = []
  const reject = (bad: Reject) => rejects.push(bad)
  codecNamed('frame').encoder({ reject }).push(batch)
  codecNamed('csv').encoder({ reject }).push(batch)
  t.equal(where(['a!=0'], reject).push(batch).length, 2)
  t.equal(pick(['a'], reject).push(batch).length, 2)
  codecNamed('ndjson').decoder({ source: 'in', reject, validate: true }).push(input)
  t.same(
    rejects.map(({ reason, place }) => [reason, place.line]),
    Array(5).fill(['invalid JSON', 2]),
  )
  t.match(rejects[0], { detail: 'nested deeper than 1000 levels' })
})
