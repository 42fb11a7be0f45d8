// Ticks of time: whole seconds to whole centuries, in UTC and in a zone whose clocks change.

import t from 'tap'
import { clockText, dateText, timeTicks } from '../../src/chart/time-ticks.ts'

process.env['TZ'] = 'Europe/Berlin'
const at = (text: string) => Date.parse(text)
const labels = (from: string, to: string, most: number, zone: 'utc' | 'local' = 'utc') =>
  timeTicks({ from: at(from), to: at(to) }, most, zone).map(({ label }) => label)

t.test('from milliseconds to years', async t => {
  t.same(labels('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.020Z', 4), [
    '00:00:00.000',
    '00:00:00.005',
    '00:00:00.010',
    '00:00:00.015',
    '00:00:00.020',
  ])
  t.same(labels('2026-01-01T10:00:03Z', '2026-01-01T10:00:21Z', 4), ['10:00:05', '10:00:10', '10:00:15', '10:00:20'])
  t.same(labels('2026-01-01T22:10:00Z', '2026-01-02T02:10:00Z', 5), ['23:00', '01-02', '01:00', '02:00'])
  t.same(labels('2026-01-01T12:00:00Z', '2026-01-04T12:00:00Z', 4), ['01-02', '01-03', '01-04'])
  t.same(labels('2025-11-15T00:00:00Z', '2026-04-15T00:00:00Z', 6), [
    '2025-12',
    '2026-01',
    '2026-02',
    '2026-03',
    '2026-04',
  ])
  t.same(labels('1958-03-01T00:00:00Z', '2020-01-01T00:00:00Z', 8), [
    '1960',
    '1970',
    '1980',
    '1990',
    '2000',
    '2010',
    '2020',
  ])
  t.same(labels('0900-03-01T00:00:00Z', '2020-01-01T00:00:00Z', 4), ['1000', '1500', '2000'])
})

t.test('in local time midnight is where it is there, also after the clocks have changed', async t => {
  t.same(labels('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', 2, 'local'), ['03-29', '03-30'])
  const [before, after] = timeTicks({ from: at('2026-03-28T12:00:00Z'), to: at('2026-03-30T12:00:00Z') }, 2, 'local')
  t.equal(before?.value, at('2026-03-28T23:00:00Z'))
  t.equal(after?.value, at('2026-03-29T22:00:00Z'))
})

t.test('nothing has no ticks', async t => {
  t.same(timeTicks({ from: 5, to: 5 }, 5, 'utc'), [])
  t.same(timeTicks({ from: Number.NaN, to: 5 }, 5, 'utc'), [])
  t.ok(timeTicks({ from: 0, to: 1e24 }, 5, 'utc').length < 10, 'the calendar ends before')
})

t.test('a time as text', async t => {
  t.equal(clockText(at('2026-07-01T22:00:01.5Z'), 'utc'), '22:00:01')
  t.equal(clockText(at('2026-07-01T22:00:01.5Z'), 'local', 'milliseconds'), '00:00:01.500')
  t.equal(dateText(at('2026-07-01T22:00:01.5Z'), 'local'), '2026-07-02')
})
