// The time of a sample within a packet.

import t from 'tap'
import { timeFieldsAfter } from '../../src/dsp/sample-time.ts'

t.test('both fields move on, nanoseconds without loss', async t => {
  const meta = { timestamp: '2026-01-01T00:00:00.000Z', timestamp_ns: '1767225600000000001', name: 'A' }
  t.same(timeFieldsAfter(meta, 0), { timestamp: meta.timestamp, timestamp_ns: meta.timestamp_ns })
  t.same(timeFieldsAfter(meta, 0.0025), {
    timestamp: '2026-01-01T00:00:00.002Z',
    timestamp_ns: '1767225600002500001',
  })
})

t.test('what is no time stays as it is, or away', async t => {
  t.same(timeFieldsAfter({}, 1), {})
  t.same(timeFieldsAfter({ timestamp: 'yesterday', timestamp_ns: 5 }, 1), { timestamp: 'yesterday' })
})
