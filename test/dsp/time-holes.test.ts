// Holes in the times of values: against the usual distance, which may change.

import t from 'tap'
import { TimeHoles } from '../../src/dsp/time-holes.ts'

/** The seconds that come after a hole. */
function afterHoles(seconds: readonly number[]): number[] {
  const holes = new TimeHoles()
  return seconds.filter(second => holes.isBefore({ timestamp: new Date(second * 1000).toISOString() }))
}

const every = (period: number, from: number, count: number) =>
  Array.from({ length: count }, (_, n) => from + n * period)

t.test('five times the usual distance is a hole, less is none', async t => {
  t.same(afterHoles([0, 1, 2, 7, 8, 9]), [7])
  t.same(afterHoles([0, 1, 2, 6.9, 8, 9]), [])
  t.same(afterHoles([0, 1, 2, 7, 12, 13, 14]), [7, 12])
  t.same(afterHoles([0, 3600]), [], 'the first distance has nothing to be compared with')
})

t.test('another interval is soon the usual one', async t => {
  t.same(afterHoles([...every(1, 0, 100), ...every(10, 109, 100)]), every(10, 109, 8))
  t.same(afterHoles([...every(10, 0, 100), ...every(1, 991, 100), 1095]), [1095])
})

t.test('a clock that is coarser than the interval tells no holes', async t => {
  t.same(afterHoles(every(0.1, 0, 100).map(Math.floor)), [])
  t.same(afterHoles(every(0.4, 0, 100).map(Math.floor)), [])
})

t.test('times that are none, or go back, are none to compare with', async t => {
  t.same(afterHoles([0, 1, 2, 1, 2, 3]), [])
  const holes = new TimeHoles()
  const metas = [{ timestamp_ns: '0' }, { timestamp_ns: '100' }, {}, { timestamp_ns: '900' }, { timestamp_ns: '1400' }]
  t.same(
    metas.map(meta => holes.isBefore(meta)),
    [false, false, false, false, true],
  )
})
