// Values over time: gaps are gaps, memory is bounded, no peak is lost.

import t from 'tap'
import { TimeSeries } from '../../src/chart/time-series.ts'

const runs = (series: TimeSeries) => series.runs().map(run => run.map(({ time }) => time))

t.test('a gap that is told, and a silence', async t => {
  const series = new TimeSeries('a', 'V')
  for (const time of [0, 10, 20, 30]) series.add(time, time)
  series.break()
  for (const time of [40, 50, 100, 110]) series.add(time, time)
  t.same(runs(series), [
    [0, 10, 20, 30],
    [40, 50],
    [100, 110],
  ])
  t.same(series.times, { from: 0, to: 110 })
})

t.test('few values have no usual distance, so no silence between them', async t => {
  const series = new TimeSeries('a', '')
  for (const time of [0, 1, 1000]) series.add(time, 0)
  t.same(runs(series), [[0, 1, 1000]])
  t.same(new TimeSeries('b', '').runs(), [])
  t.equal(new TimeSeries('b', '').times, undefined)
})

t.test('a value that comes late is put in its place', async t => {
  const series = new TimeSeries('a', '')
  for (const time of [10, 30, 20, 5]) series.add(time, time)
  t.same(
    series.pieces.map(({ time }) => time),
    [5, 10, 20, 30],
  )
})

t.test('a window forgets what is older', async t => {
  const series = new TimeSeries('a', '', 100)
  for (let time = 0; time <= 1000; time += 10) series.add(time, time)
  t.same(series.times, { from: 900, to: 1000 })
})

t.test('very many values in bounded memory, every peak and every gap kept', async t => {
  const series = new TimeSeries('a', '')
  for (let time = 0; time < 300_000; time++) {
    if (time === 100_000) series.break()
    series.add(time, time === 23_456 ? 99 : time === 254_321 ? -99 : time % 3)
  }
  t.ok(series.pieces.length <= 8192, `${series.pieces.length} pieces`)
  t.equal(Math.max(...series.pieces.map(({ greatest }) => greatest)), 99)
  t.equal(Math.min(...series.pieces.map(({ least }) => least)), -99)
  t.same(
    series.runs().map(run => run[0]?.time),
    [0, 100_000],
  )
})

t.test('nothing but gaps is bounded, too', async t => {
  const series = new TimeSeries('a', '')
  for (let time = 0; time < 50_000; time++) {
    series.break()
    series.add(time, 1)
  }
  t.ok(series.pieces.length <= 8192, `${series.pieces.length} pieces`)
})

t.test('the newest value and its time, also of a piece of many', async t => {
  const series = new TimeSeries('a', '')
  for (let time = 0; time <= 10_000; time++) series.add(time, time % 1000)
  series.add(5, -1)
  t.equal(series.newest, 0)
  t.same(series.times, { from: 0, to: 10_000 })
  for (let time = 10_001; time <= 10_007; time++) series.add(time, time % 1000)
  t.equal(series.newest, 7)
  t.same(series.times, { from: 0, to: 10_007 })
})
