// Measurements: of spectra whose answers are known.

import fc from 'fast-check'
import t from 'tap'
import { bandPower, channelPower, noiseFloor, occupiedBand, type PeakOptions, peaksOf } from '../../src/dsp/measure.ts'
import { parseWindow } from '../../src/dsp/window.ts'
import { lobeOf } from '../../src/dsp/window-lobe.ts'
import { sfc32 } from '../../src/random.ts'

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
  t.same(peaksOf(levels, axis, { count: 9, floor: -37, above: 12 }).length, 2)
  // A parabola with its top a quarter of a bin above bin 2.
  const shape = Array.from({ length: 9 }, (_, k) => -((k - 2.25) ** 2))
  t.equal(peaksOf(shape, axis, { count: 1 })[0]?.frequency, 1022.5)
})

/** Where peaks are, as numbers of bins from the lowest on. */
function binsOf(levels: readonly number[], options: Partial<PeakOptions> = {}): readonly number[] {
  const peaks = peaksOf(levels, axis, { count: levels.length, ...options })
  return peaks.map(({ bin }) => bin).sort((a, b) => a - b)
}

t.test('a peak stands out by 6 dB on both sides, by less only where less is asked for', async t => {
  t.same(binsOf([-90, -20, -26, -20, -90]), [1, 3])
  t.same(binsOf([-90, -20, -25, -20.5, -90]), [1])
  t.same(binsOf([-90, -40, -44, -30, -34, -20, -90]), [5], 'steps on a slope')
  t.same(binsOf([-90, -40, -44, -30, -34, -20, -90], { floor: -90, above: 4 }), [1, 3, 5])
  t.same(binsOf([-20, -90, -30]), [0, 2], 'beyond the ends there is nothing')
  t.same(binsOf([-90, -20, Number.NaN, -90, Number.NEGATIVE_INFINITY, -30]), [1, 5])
  t.same(binsOf([-30, -90, -30, Number.POSITIVE_INFINITY, -30, -90, -30]), [0, 6], 'beside infinity is its slope')
  t.same(binsOf([-1, -1, -2, -2, -1], { above: 0 }), [0, 4])
})

t.test('peaks are those of topographic prominence, by its definition', async t => {
  const next = sfc32('peaks')
  const wrong: (readonly number[])[] = []
  for (let run = 0; run < 500; run++) {
    const levels = Array.from({ length: 40 }, () => -(next() % 20))
    const sides = (bin: number) => [levels.slice(0, bin).reverse(), levels.slice(bin + 1)] as const
    const isPeak = (level: number, bin: number) => {
      const [before, after] = sides(bin)
      // From the summit outwards: a fall of 6 dB comes first, or nothing greater does; of equal ones the first counts.
      const falls = (side: readonly number[], isOver: (other: number) => boolean) => {
        const over = side.findIndex(isOver)
        return over < 0 || side.slice(0, over).some(other => other <= level - 6)
      }
      return falls(before, other => other >= level) && falls(after, other => other > level)
    }
    const wanted = levels.flatMap((level, bin) => (isPeak(level, bin) ? [bin] : []))
    if (binsOf(levels).join() !== wanted.join()) wrong.push(levels)
  }
  t.same(wrong, [])
})

t.test('what lies in the main lobe of a greater one is no peak', async t => {
  const levels = [-90, -90, -20, -90, -40, -90, -50, -90, -60, -90]
  const lobe = (text: string) => lobeOf(parseWindow(text), 1024)
  t.same(binsOf(levels), [2, 4, 6, 8])
  t.same(binsOf(levels, { lobe: lobe('hann') }), [2, 4, 6, 8])
  t.same(binsOf(levels, { lobe: lobe('blackman') }), [2])
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

t.test('the noise floor is what sorting says, of any levels', async t => {
  const bySorting = (levels: readonly number[]) => {
    const kept = levels.toSorted((a, b) => a - b).slice(Math.floor(levels.length / 5))
    return kept.reduce((sum, level) => sum + level, 0) / kept.length
  }
  const level = fc.oneof(fc.integer({ min: -100, max: -97 }), fc.double({ min: -400, max: 100, noNaN: true }))
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 400 }), levels => {
      return Math.abs(noiseFloor(levels) - bySorting(levels)) < 1e-9
    }),
  )
  const hill = Array.from({ length: 100_001 }, (_, bin) => -Math.abs(bin - 50_000))
  t.ok(Math.abs(noiseFloor(hill) - bySorting(hill)) < 1e-6)
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
