// Spectra as levels: every scale, both orders, several rows, and what is no spectrum.

import t from 'tap'
import { levelSpectra, levelUnit } from '../../src/dsp/level-spectrum.ts'
import type { Meta } from '../../src/packet.ts'

const bytes = (numbers: readonly number[]) => new Uint8Array(Float32Array.from(numbers).buffer)
const META: Meta = { dtype: 'float32', scale: 'db', unit: 'dBm', fft_size: 4, frequency_start: 90, frequency_step: 5 }
const levelsOf = (meta: Meta, numbers: readonly number[]) =>
  levelSpectra({ meta: { ...META, ...meta }, data: bytes(numbers) })?.map(({ levels }) => [...levels])

t.test('every scale as decibels', async t => {
  t.same(levelsOf({}, [-1, -2, -3, -4]), [[-1, -2, -3, -4]])
  t.same(levelsOf({ scale: 'power' }, [1, 10, 100, 0]), [[0, 10, 20, Number.NEGATIVE_INFINITY]])
  t.same(levelsOf({ scale: 'psd' }, [1, 10, 100, Number.NaN]), [[0, 10, 20, Number.NaN]])
  t.same(levelsOf({ scale: 'magnitude' }, [1, 10, 100, 1000]), [[0, 20, 40, 60]])
  t.same(levelsOf({ scale: 'complex', dtype: 'complex64', fft_size: 2 }, [0, 1, 10, 0]), [[0, 20]])
})

t.test('the unit of a level', async t => {
  t.equal(levelUnit('db', 'dBFS'), 'dBFS')
  t.equal(levelUnit('power', 'V²'), 'dBV')
  t.equal(levelUnit('psd', 'V²/Hz'), 'dBV/Hz')
  t.equal(levelUnit('psd', '(m/s)²/Hz'), 'dB(m/s)/Hz')
  t.equal(levelUnit('power', 'mW'), 'dBm')
  t.equal(levelUnit('psd', 'mW/Hz'), 'dBm/Hz')
  t.equal(levelUnit('magnitude', 'FS'), 'dBFS')
  t.equal(levelUnit('db', ''), 'dB')
})

t.test('negative frequencies that come behind are put in front', async t => {
  const [spectrum] = levelSpectra({ meta: { ...META, order: 'transform' }, data: bytes([0, 1, -2, -1]) }) ?? []
  t.same([...(spectrum?.levels ?? [])], [-2, -1, 0, 1])
  t.same(spectrum?.axis, { start: 80, step: 5 })
})

t.test('rows are spectra, each of its own', async t => {
  t.same(levelsOf({ shape: [2, 2], fft_size: 2 }, [1, 2, 3, 4]), [
    [1, 2],
    [3, 4],
  ])
})

t.test('without frequencies the axis counts bins', async t => {
  const { frequency_start: _, frequency_step: __, ...meta } = META
  const [spectrum] = levelSpectra({ meta, data: bytes([1, 2, 3, 4]) }) ?? []
  t.same(spectrum?.axis, { start: 0, step: 1 })
  t.equal(spectrum?.axisUnit, 'bins')
})

t.test('a density is one, and the window is read where it is known', async t => {
  const read = (meta: Meta) => levelSpectra({ meta: { ...META, ...meta }, data: bytes([1, 2, 3, 4]) })?.[0]
  t.same(read({ scale: 'psd', enbw: 1.5 })?.noiseBandwidth, 1)
  t.same(read({ enbw: 1.5 })?.noiseBandwidth, 1.5)
  t.equal(read({ window: 'hann' })?.window?.name, 'hann')
  t.equal(read({ window: 'of-my-own' })?.window, undefined)
})

t.test('what is no spectrum', async t => {
  t.equal(levelSpectra({ meta: {}, data: bytes([1]) }), undefined)
  t.equal(levelSpectra({ meta: { ...META, dtype: 'complex64' }, data: bytes([1, 2]) }), undefined)
  t.equal(levelSpectra({ meta: META, data: bytes([]) }), undefined)
  t.equal(levelSpectra({ meta: META, data: new Uint8Array(3) }), undefined)
})
