// Timestamps of VRT: UTC, GPS and others, with fractions in samples and picoseconds.

import t from 'tap'
import { instantOf, later, NO_STAMP, type Stamp, stampOf, timeFields } from '../../../src/codec/vrt/time.ts'

const UTC: Stamp = { secondsKind: 1, seconds: 1700000000, fractionKind: 2, fraction: 123456789012n }

t.test('picoseconds in UTC become nanoseconds, cut off', async t => {
  t.same(timeFields(instantOf(UTC, undefined) ?? { seconds: 0, picoseconds: 0n }), {
    timestamp: '2023-11-14T22:13:20.123456789Z',
    timestamp_ns: '1700000000123456789',
  })
  t.same(timeFields({ seconds: 0, picoseconds: 5000n }), {
    timestamp: '1970-01-01T00:00:00.000000005Z',
    timestamp_ns: '5',
  })
})

t.test('seconds of GPS have leap seconds taken off', async t => {
  const at = (seconds: number) => instantOf({ ...UTC, secondsKind: 2, seconds }, undefined)?.seconds
  t.equal(at(0), Date.UTC(1980, 0, 6) / 1000)
  // 2017-01-01T00:00:00Z is 1167264018 in GPS time: since then UTC is 18 s behind.
  t.equal(at(1167264018), Date.UTC(2017, 0, 1) / 1000)
  t.equal(at(1167264016), Date.UTC(2017, 0, 1) / 1000 - 1)
  t.equal(at(1384035218), 1700000000)
})

t.test('a count of samples is a time once their rate is known', async t => {
  const stamp: Stamp = { ...UTC, fractionKind: 1, fraction: 1200n }
  t.equal(instantOf(stamp, 2400)?.picoseconds, 500_000_000_000n)
  t.equal(instantOf(stamp, undefined)?.picoseconds, 0n)
})

t.test('clocks nobody knows, and fractions that are none, tell no time', async t => {
  t.equal(instantOf({ ...UTC, secondsKind: 3 }, undefined), undefined)
  t.equal(instantOf({ ...UTC, fraction: 10n ** 12n }, undefined), undefined)
  t.equal(instantOf(NO_STAMP, undefined), undefined)
})

t.test('the meta of packets as a stamp', async t => {
  t.same(stampOf('1700000000123456789', undefined), { ...UTC, fraction: 123456789000n })
  t.same(stampOf(undefined, '2023-11-14T22:13:20.123456789Z'), { ...UTC, fraction: 123456789000n })
  t.same(stampOf(undefined, '2023-11-14T22:13:20Z'), { ...UTC, fraction: 0n })
  t.equal(stampOf(undefined, 'yesterday'), undefined)
  t.equal(stampOf(5, undefined), undefined)
})

t.test('samples later', async t => {
  t.same(later(UTC, 1_000_000, 1e6), { ...UTC, seconds: 1700000001 })
  for (const rate of [undefined, 0, -1, 1e-310]) t.same(later(UTC, 1, rate), UTC)
  t.same(later({ ...UTC, fractionKind: 1 }, 10, undefined).fraction, UTC.fraction + 10n)
  t.equal(later(UTC, 10, undefined), UTC)
})
