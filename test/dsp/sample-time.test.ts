// The time of a sample within a packet.

import t from 'tap'
import { rateBetween, timeFieldsAfter } from '../../src/dsp/sample-time.ts'

t.test('both fields move on, nanoseconds without loss', async t => {
  const meta = { timestamp: '2026-01-01T00:00:00.000Z', timestamp_ns: '1767225600000000001', name: 'A' }
  t.same(timeFieldsAfter(meta, 0), { timestamp: meta.timestamp, timestamp_ns: meta.timestamp_ns })
  t.same(timeFieldsAfter(meta, 0.0025), {
    timestamp: '2026-01-01T00:00:00.002Z',
    timestamp_ns: '1767225600002500001',
  })
})

t.test('a time has as many digits as the one it follows, three at least', async t => {
  const after = (timestamp: string, seconds: number) => timeFieldsAfter({ timestamp }, seconds)['timestamp']
  t.equal(after('2023-11-14T22:13:20.123456789Z', 1e-9), '2023-11-14T22:13:20.123456790Z')
  t.equal(after('2023-11-14T22:13:20.999999Z', 1e-6), '2023-11-14T22:13:21.000000Z')
  t.equal(after('2023-11-14T22:13:20Z', 0.5), '2023-11-14T22:13:20.500Z')
  t.equal(after('1958-03-01', 86400), '1958-03-02T00:00:00.000Z')
  t.equal(after('1969-12-31T23:59:59.999999Z', -1e-6), '1969-12-31T23:59:59.999998Z')
})

t.test('what is no time stays as it is, or away', async t => {
  t.same(timeFieldsAfter({}, 1), {})
  t.same(timeFieldsAfter({ timestamp: 'yesterday', timestamp_ns: 5 }, 1), { timestamp: 'yesterday' })
  for (const never of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e12])
    t.same(timeFieldsAfter({ timestamp: '2026-01-01T00:00:00Z' }, never), {})
})

t.test('a rate between two times, to the last digit they have', async t => {
  const at = (timestamp: string, more = {}) => ({ timestamp, ...more })
  t.equal(rateBetween(at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:08Z'), 16), 2)
  t.equal(rateBetween(at('2026-01-01T00:00:00.000000100Z'), at('2026-01-01T00:00:00.0000021Z'), 1), 500_000)
  t.equal(rateBetween({ timestamp_ns: '1767225600000000001' }, { timestamp_ns: '1767225600000001001' }, 1), 1_000_000)
  t.equal(rateBetween(at('1958-03-01'), at('1958-03-02'), 864), 0.01)
  t.equal(rateBetween(at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z'), 16), undefined)
  t.equal(rateBetween(at('2026-01-01T00:00:00Z'), at('2026-01-01T00:00:08Z'), 0), undefined)
  t.equal(rateBetween(at('yesterday'), {}, 1), undefined)
})
