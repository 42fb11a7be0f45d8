// One spelling for the same JSON.

import t from 'tap'
import { ndjson } from '../../src/codec/ndjson.ts'
import { canonical } from '../../src/filter/canonical.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { noReject } from '../support/chunking.ts'

t.test('lines are parsed and printed anew, what is no JSON is rejected', async t => {
  const rejects: Reject[] = []
  const reject = (bad: Reject) => rejects.push(bad)
  const input = '{"a" : 1.0, "b":"\\u0041"}\n{"a":}\n{"dtype":"uint8", "data":"AQ=="}\n'
  const batch = canonical(reject).push(ndjson.decoder({ source: 'in', reject }).push(Buffer.from(input)))
  const text = Buffer.concat([...ndjson.encoder({ reject: noReject }).push(batch)]).toString()
  t.equal(text, '{"a":1,"b":"A"}\n{"dtype":"uint8","data":"AQ=="}\n')
  t.match(rejects, [
    { reason: 'invalid JSON', place: { source: 'in', line: 2, offset: 26 }, bytes: Buffer.from('{"a":}') },
  ])
})
