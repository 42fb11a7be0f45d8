// Packets that cannot be read: rejected with what they said and the bytes they came as.

import t from 'tap'
import { ndjson } from '../../src/codec/ndjson.ts'
import { readMeta } from '../../src/codec/unreadable.ts'
import type { Reject } from '../../src/stream/reject.ts'

t.test('a line that is no JSON is rejected by whoever looks at it', async t => {
  const rejects: Reject[] = []
  const reject = (bad: Reject) => rejects.push(bad)
  const batch = ndjson.decoder({ source: 'in', reject }).push(Buffer.from('{"a":1}\n{"b":}\n'))
  t.same(
    batch.map(packet => readMeta(packet, reject)),
    [{ a: 1 }, undefined],
  )
  t.match(rejects, [{ reason: 'invalid JSON', detail: /token/, place: { source: 'in', line: 2, offset: 8 } }])
  t.equal(Buffer.from(rejects[0]?.bytes ?? []).toString(), '{"b":}')
})

t.test('another error is none of its business', async t => {
  const broken = {
    get meta(): never {
      throw new TypeError('a bug')
    },
    data: new Uint8Array(0),
  }
  t.throws(() => readMeta(broken, () => t.fail('rejected')), TypeError)
})
