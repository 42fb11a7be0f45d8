// Streams of spectra: what is held, and what begins anew when a receiver is tuned.

import t from 'tap'
import { MOST_STREAMS, streamName, Traces, timeOf } from '../../src/chart/traces.ts'
import { type Meta, packet } from '../../src/packet.ts'

const WATERFALL = { columns: 8, rows: 8, full: 'scroll' } as const
const META: Meta = { dtype: 'float32', scale: 'db', unit: 'dBm', fft_size: 2, frequency_start: 0, frequency_step: 1 }

function spectrum(levels: readonly number[], meta: Meta = {}) {
  return packet({ ...META, fft_size: levels.length, ...meta }, new Uint8Array(Float32Array.from(levels).buffer))
}

t.test('last, max, min and mean; what is no number stays out', async t => {
  const traces = new Traces({ rows: 'each', holds: ['max', 'min', 'mean'], waterfall: WATERFALL })
  for (const levels of [
    [0, Number.NaN],
    [10, -3],
    [Number.NaN, -5],
  ])
    t.ok(traces.see(spectrum(levels)))
  const [trace] = traces.all
  t.same(trace?.held('max'), new Float32Array([10, -3]))
  t.same(trace?.held('min'), new Float32Array([0, -5]))
  t.ok(Math.abs((trace?.held('mean')?.[0] ?? 0) - 10 * Math.log10(5.5)) < 1e-9)
  t.equal(trace?.spectra, 3)
  t.equal(trace?.waterfall?.rows.length, 3)
})

t.test('another frequency, size or unit begins anew; streams are told apart by name and channel', async t => {
  const traces = new Traces({ rows: 'each', holds: ['max'], waterfall: WATERFALL })
  const seen = () => traces.all.map(trace => [trace.name, trace.spectra, [...Array.from(trace.held('max') ?? [])]])
  traces.see(spectrum([9, 9], { name: 'a' }))
  traces.see(spectrum([1, 1], { name: 'a', frequency_start: 5 }))
  t.same(seen(), [['a', 1, [1, 1]]])
  traces.see(spectrum([1, 2, 3], { name: 'a', frequency_start: 5 }))
  t.same(seen(), [['a', 1, [1, 2, 3]]])
  traces.see(spectrum([1, 1, 1], { name: 'a', frequency_start: 5, unit: 'dBFS' }))
  traces.see(spectrum([4], { name: 'a', channel: 2 }))
  traces.see(spectrum([5]))
  t.same(seen(), [
    ['a', 1, [1, 1, 1]],
    ['a 2', 1, [4]],
    ['spectrum', 1, [5]],
  ])
})

t.test('holding begins with the last spectrum, is released, and begins anew', async t => {
  const traces = new Traces({ rows: 'asked', holds: [], waterfall: WATERFALL })
  const held = () => traces.all[0]?.held('max')
  traces.see(spectrum([5, 5]))
  traces.see(spectrum([1, 2]))
  traces.hold(['max'])
  t.same(held(), new Float32Array([1, 2]))
  traces.see(spectrum([0, 4]))
  traces.hold(['max'])
  t.same(held(), new Float32Array([1, 4]))
  traces.clear()
  t.same(held(), new Float32Array([0, 4]))
  traces.hold([])
  t.equal(held(), undefined)
  t.equal(traces.all[0]?.waterfall?.rows.length, 0)
})

t.test('what is no spectrum is not seen, and too many streams are counted', async t => {
  const traces = new Traces({ rows: 'each', holds: [], waterfall: undefined })
  t.notOk(traces.see(packet({ value: 1 })))
  t.notOk(traces.see(packet({ scale: 'db', fft_size: 4, dtype: 'float32' }, new Uint8Array(3))))
  for (let k = 0; k < MOST_STREAMS + 2; k++) traces.see(spectrum([1], { name: `n${k}` }))
  t.equal(traces.all.length, MOST_STREAMS)
  t.equal(traces.left, 2)
})

t.test('times and names', async t => {
  t.equal(timeOf({ timestamp_ns: '1700000000000000000' }), 1.7e12)
  t.equal(timeOf({ timestamp: 'today' }), undefined)
  t.equal(streamName({ name: 'a', channel: 'left' }), 'a left')
})
