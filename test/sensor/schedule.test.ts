// When a sensor ticks.

import t from 'tap'
import { Schedule } from '../../src/sensor/schedule.ts'

t.test('the n-th tick is at start + n intervals, whatever the interval', async t => {
  const schedule = new Schedule({ start: 1000, realStart: 5000, interval: 0.1, speed: 1 })
  t.equal(schedule.time(1_000_000), 1000 + 1_000_000 * 0.1)
  t.equal(schedule.due(1_000_000), 5000 + 1_000_000 * 0.1)
})

t.test('at another speed ticks are due sooner, their time is the same', async t => {
  const schedule = new Schedule({ start: 0, realStart: 5000, interval: 1000, speed: 10 })
  t.equal(schedule.time(7), 7000)
  t.equal(schedule.due(7), 5700)
  t.equal(schedule.scheduledTime(5700), 7000)
  t.equal(schedule.realTime(7000), 5700)
})

t.test('without an interval or with speed max nobody waits', async t => {
  for (const options of [
    { interval: 0, speed: 1 },
    { interval: 1000, speed: Number.POSITIVE_INFINITY },
  ]) {
    const schedule = new Schedule({ start: 0, realStart: 5000, ...options })
    t.ok(schedule.unpaced)
    t.equal(schedule.due(99), Number.NEGATIVE_INFINITY)
    t.equal(schedule.overdue(99, 1e12), 0)
  }
})

t.test('a tick late by more than its interval is overdue, with those before the newest due', async t => {
  const schedule = new Schedule({ start: 0, realStart: 0, interval: 100, speed: 1 })
  t.equal(schedule.overdue(3, 300), 0)
  t.equal(schedule.overdue(3, 400), 0, 'late by one interval')
  t.equal(schedule.overdue(3, 401), 1)
  t.equal(schedule.overdue(3, 1050), 7, 'tick 10 is the next')
})

t.test('a busy moment of the machine is no reason to skip short ticks', async t => {
  const schedule = new Schedule({ start: 0, realStart: 0, interval: 1, speed: 1 })
  t.equal(schedule.overdue(0, 50), 0)
  t.equal(schedule.overdue(0, 51), 51)
})
