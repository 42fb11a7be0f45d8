import t from 'tap'
import { levelRange, steadyRange } from '../../src/chart/level-range.ts'

const spectrum = (floor: number, peak: number) =>
  Float32Array.from({ length: 100 }, (_, k) => (k === 50 ? peak : floor))

t.test('from below the noise to above the peaks, of all curves', async t => {
  const range = levelRange([spectrum(-90, -20), spectrum(-80, -5)])
  t.ok(range.from < -90 && range.from >= -120, `${range.from}`)
  t.ok(range.to >= -5 && range.to <= 10, `${range.to}`)
  t.same([range.from % 10, range.to % 10], [-0, 0])
  const none = levelRange([Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY)])
  t.ok(none.to > none.from)
})

t.test('steady while the levels move a little', async t => {
  const before = levelRange([spectrum(-90, -20)])
  t.equal(steadyRange(before, { from: before.from, to: before.to - 10 }), before)
  const wider = { from: before.from, to: before.to + 10 }
  t.same(steadyRange(before, wider), wider)
  t.same(steadyRange(undefined, wider), wider)
})
