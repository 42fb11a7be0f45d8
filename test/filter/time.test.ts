// Points in time as people write them.

import t from 'tap'
import { parseTime, timeOf } from '../../src/filter/time.ts'
import { packet } from '../../src/packet.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

t.test('a time is RFC 3339, a date, seconds since 1970, or how long ago', async t => {
  const times: readonly (readonly [string, number])[] = [
    ['2026-11-21T04:00:00Z', Date.UTC(2026, 10, 21, 4)],
    ['2026-11-21T04:00:00.250+01:00', Date.UTC(2026, 10, 21, 3, 0, 0, 250)],
    ['2026-11-21T04:00', Date.UTC(2026, 10, 21, 4)],
    ['2026-11-21 04:00:01', Date.UTC(2026, 10, 21, 4, 0, 1)],
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['1795233600', 1795233600_000],
    ['1795233600.5', 1795233600_500],
    ['0', 0],
    ['1h', NOW - 3600_000],
    ['1h30m', NOW - 5400_000],
    ['90s', NOW - 90_000],
  ]
  for (const [text, time] of times) t.equal(parseTime(text, NOW), time, text)
})

t.test('anything else is wrong usage', async t => {
  for (const text of ['', 'yesterday', '2026-13-01', '2026-11-21T25:00:00Z', '1 hour', '-1h', 'h'])
    t.throws(() => parseTime(text, NOW), { name: 'UsageError', message: /is no time: expected/ }, text)
})

t.test('the time of a packet is its timestamp', async t => {
  t.equal(timeOf(packet({ timestamp: '2026-11-21T12:00:00Z' })), NOW)
  t.ok(Number.isNaN(timeOf(packet({ timestamp: 5 }))))
  t.ok(Number.isNaN(timeOf(packet({}))))
})
