// Waterfalls: the newest rows, or the whole run in a bounded number of rows, with no peak lost.

import t from 'tap'
import { Waterfall } from '../../src/chart/waterfall.ts'

const spacing = { start: 0, step: 1 }

t.test('scrolling leaves the oldest away', async t => {
  const waterfall = new Waterfall({ columns: 4, rows: 3, full: 'scroll' })
  for (let k = 0; k < 5; k++) waterfall.add([k, 0], spacing, k)
  t.same(
    waterfall.rows.map(({ levels, time }) => [levels[0], time]),
    [
      [2, 2],
      [3, 3],
      [4, 4],
    ],
  )
})

t.test('thinning keeps the whole run and every peak of it', async t => {
  const waterfall = new Waterfall({ columns: 4, rows: 8, full: 'thin' })
  for (let k = 0; k < 1000; k++) waterfall.add([k === 333 ? 50 : 0], spacing, k)
  const { rows } = waterfall
  t.ok(rows.length <= 9, `${rows.length} rows`)
  t.equal(rows[0]?.time, 0)
  t.equal(rows.filter(({ levels }) => levels[0] === 50).length, 1)
  const times = rows.map(({ time = 0 }) => time)
  const steps = times.slice(1).map((time, k) => time - (times[k] ?? 0))
  t.equal(new Set(steps).size, 1, 'rows are equally far apart')
})

t.test('long spectra are narrowed by the highest of each column', async t => {
  const waterfall = new Waterfall({ columns: 10, rows: 2, full: 'scroll' })
  waterfall.add(
    Float32Array.from({ length: 1000 }, (_, k) => (k === 555 ? 7 : Number.NaN)),
    spacing,
    undefined,
  )
  const levels = waterfall.rows[0]?.levels ?? new Float32Array()
  t.equal(levels.length, 10)
  t.equal(levels[5], 7)
  t.ok(Number.isNaN(levels[4]))
})
