// Measurements: of spectra whose answers are known.

import t from 'tap'
import { bandPower, channelPower, noiseFloor, occupiedBand, peaksOf } from '../../src/dsp/measure.ts'

const axis = { start: 1000, step: 10 }

t.test('peaks: the greatest first, between bins where the shape says so', async t => {
  const levels = [-90, -50, -20, -50, -90, -90, -40, -30, -40, -90, -10]
  const peaks = peaksOf(levels, axis, { count: 3 })
  t.same(
    peaks.map(({ bin, frequency, level }) => [bin, frequency, level]),
    [
      [10, 1100, -10],
      [2, 1020, -20],
      [7, 1070, -30],
    ],
  )
  t.same(peaksOf(levels, axis, { count: 9, least: -25 }).length, 2)
  t.same(
    peaksOf(levels, axis, { count: 9, apart: 4 }).map(({ bin }) => bin),
    [10, 2],
  )
  // A parabola with its top a quarter of a bin above bin 2.
  const shape = Array.from({ length: 5 }, (_, k) => -((k - 2.25) ** 2))
  t.equal(peaksOf(shape, axis, { count: 1 })[0]?.frequency, 1022.5)
})

t.test('flat tops are one peak, NaN is none, nothing has none', async t => {
  t.same(
    peaksOf([-9, -1, -1, -1, -9], axis, { count: 9 }).map(({ bin }) => bin),
    [1],
  )
  t.same(peaksOf([Number.NaN, Number.NaN], axis, { count: 9 }), [])
  t.same(peaksOf([], axis, { count: 9 }), [])
})

t.test('channel power is the sum of powers', async t => {
  t.ok(Math.abs(channelPower([0, 0], 0, 1) - 3.0103) < 1e-5)
  t.ok(Math.abs(channelPower(new Float32Array(1000).fill(-100), 0, 999) + 70) < 1e-5)
  t.ok(Math.abs(channelPower([-10, -20, -30], 0, 2) + 9.5467702) < 1e-6)
  t.ok(Math.abs(channelPower([-10, 0, -30], 0, 0) + 10) < 1e-12)
  t.ok(Math.abs(channelPower([0, 0, 0], -5, 99, 1.5) - 3.0103) < 1e-5)
  t.equal(channelPower([0, Number.NaN], 0, 1), 0)
})

t.test('the noise floor leaves out the lowest fifth', async t => {
  t.equal(noiseFloor([-200, -100, -100, -100, -100]), -100)
  t.equal(noiseFloor([Number.NaN, -200, -90, -100, -110, -100]), -100)
})

t.test('the occupied band, of one bin, of many, of all', async t => {
  const flat = new Float64Array(100).fill(-60)
  const { from, to, bandwidth } = occupiedBand(flat, axis, 0.9)
  t.same([from, to, bandwidth], [1045, 1945, 900])
  const line = Float64Array.from({ length: 100 }, (_, k) => (k === 40 ? 0 : -100))
  t.equal(occupiedBand(line, axis, 0.99).bandwidth, 10)
  t.equal(occupiedBand(line, axis, 0.99).from, 1395)
  const edge = Float64Array.from({ length: 100 }, (_, k) => (k === 99 ? 0 : -100))
  t.same(occupiedBand(edge, axis, 0.99), { from: 1985, to: 1995, bandwidth: 10 })
})

t.test('the power between two frequencies: of a bin that they cut, its share', async t => {
  const near = (got: number, wanted: number) => t.ok(Math.abs(got - wanted) < 1e-9, `${got}, wanted ${wanted}`)
  near(bandPower([0, 0, 0, 0], axis, { from: 1005, to: 1025 }), 10 * Math.log10(2))
  near(bandPower([0, 0, 0, 0], axis, { from: 1010, to: 1015 }), 10 * Math.log10(0.5))
  near(bandPower([0, 0, 0, 0], axis, { from: 0, to: 1e9 }, { noiseBandwidth: 2 }), 10 * Math.log10(2))
  near(bandPower([0, 0, 0, 0], axis, { from: 1005, to: 1025 }, { perHertz: true }), 10 * Math.log10(20))
  t.equal(bandPower([0, 0], axis, { from: 2000, to: 3000 }), Number.NEGATIVE_INFINITY)
})
