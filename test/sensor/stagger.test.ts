// The instants at which sensors start.

import t from 'tap'
import { staggered } from '../../src/sensor/stagger.ts'

const COMMON = { start: 1000, realStart: 1000 }
const SENSORS = 5

function starts(interval: number): readonly number[] {
  return [0, 1, 2, 3, 4].map(index => staggered(COMMON, { index, sensors: SENSORS, interval }).realStart)
}

t.test('ticks of a common interval are spread over it', async t => {
  t.same(starts(2.5), [1000, 1000.5, 1001, 1001.5, 1002])
})

t.test('a long interval keeps nobody waiting: all start within five milliseconds', async t => {
  t.same(starts(60_000), [1000, 1001, 1002, 1003, 1004])
})

t.test('at full speed there is nothing to spread', async t => {
  t.same(starts(0), [1000, 1000, 1000, 1000, 1000])
})

t.test('what a schedule shows and when that really is stay together', async t => {
  const { start, realStart } = staggered(COMMON, { index: 3, sensors: SENSORS, interval: 5 })
  t.equal(start, realStart)
})
