// Where a packet stood.

import t from 'tap'
import { ndjson } from '../../src/codec/ndjson.ts'
import { placeOf } from '../../src/codec/place.ts'
import { packet } from '../../src/packet.ts'
import { noReject } from '../support/chunking.ts'

t.test('a line knows, a packet that was made does not', async t => {
  const [, second] = ndjson.decoder({ source: 'in', reject: noReject }).push(Buffer.from('{"a":1}\n{"b":2}\n'))
  t.same(placeOf(second ?? packet({})), { source: 'in', line: 2, offset: 8 })
  t.same(placeOf(packet({})), { source: 'packet' })
})
