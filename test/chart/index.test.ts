// The room of pictures: whole ones, of spectra whose every mark is known.

import t from 'tap'
import { levelRange, steadyRange } from '../../src/chart/level-range.ts'
import { panelOf } from '../../src/chart/panels.ts'
import { spectrumCells } from '../../src/chart/spectrum-cells.ts'
import { spectrumPicture } from '../../src/chart/spectrum-picture.ts'
import { Traces } from '../../src/chart/traces.ts'
import { type Meta, packet } from '../../src/packet.ts'

const META: Meta = { name: 'rx', dtype: 'float32', scale: 'db', unit: 'dBm', frequency_start: 1e6, frequency_step: 1e3 }
const OPTIONS = { curves: ['last', 'max'], span: undefined, levels: undefined, peaks: 3, above: 12 } as const
const SCREEN = { columns: 60, rows: 16, colors: 'none', help: 'help', state: 'END', peaks: true } as const

function panelFor(rows: readonly (readonly number[])[], meta: Meta = {}) {
  const traces = new Traces({ rows: 'each', holds: ['max'], waterfall: { columns: 64, rows: 16, full: 'scroll' } })
  for (const levels of rows) {
    const fields = { ...META, fft_size: levels.length, ...meta }
    traces.see(packet(fields, new Uint8Array(Float32Array.from(levels).buffer)))
  }
  const [trace] = traces.all
  if (!trace) throw new Error('no trace')
  return panelOf(trace, OPTIONS)
}

const TONE = Array.from({ length: 101 }, (_, k) => (k === 50 ? -20 : -90 - (k % 3)))

t.test('a tone on a terminal', async t => {
  const panel = panelFor([TONE, TONE])
  const cells = spectrumCells(panel, SCREEN)
  const text = Array.from({ length: 16 }, (_, row) => cells.rowText(row))
  t.match(text[0], /^ {3}dBm rx {2}─ last {2}─ max hold {2}2 spectra +END$/)
  t.match(text[1], /│.* 1 \u00a01\.050 MHz \u00a0−20\.0 dBm$/)
  t.ok(text.some(line => line.includes('▼')))
  t.ok(
    text.some(line => /^ +MHz 1\.00 +1\.05 +1\.10/.test(line)),
    text.join('\n'),
  )
  t.equal(text[15], 'help')
  const marked = text.find(line => line.includes('▼')) ?? ''
  t.ok(Math.abs(marked.indexOf('▼') - (7 + 52 / 2)) <= 1, marked)
})

t.test('the smallest terminal, one bin, nothing, no numbers', async t => {
  for (const [columns, rows] of [
    [1, 1],
    [10, 4],
    [300, 100],
  ] as const) {
    for (const levels of [[-5], [Number.NaN, Number.NaN], TONE, [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]]) {
      const cells = spectrumCells(panelFor([levels, levels]), { ...SCREEN, columns, rows })
      t.same([cells.columns, cells.rows], [columns, rows])
    }
  }
  const cells = spectrumCells(undefined, SCREEN)
  t.match(cells.rowText(8), 'waiting for spectra')
})

t.test('a picture has its curves, peaks, axes and title, and is well-formed', async t => {
  const svg = spectrumPicture([panelFor([TONE, TONE])], { width: 800, height: 600, theme: 'dark', title: '<a & b>' })
  t.match(svg, '>&lt;a &amp; b&gt;</text>')
  t.match(svg, '>frequency (MHz)</text>')
  t.match(svg, '>1 \u00a01.050 MHz \u00a0−20.0 dBm</text>')
  t.match(svg, /<path d="M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){100}" clip-path/)
  t.match(svg, 'data:image/png;base64,')
  t.notMatch(svg, /NaN|Infinity|undefined/)
  t.equal(svg, spectrumPicture([panelFor([TONE, TONE])], { width: 800, height: 600, theme: 'dark', title: '<a & b>' }))
})

t.test('whatever the levels are, no coordinate is no number', async t => {
  const rows = [
    [[0]],
    [[Number.NaN, 0, Number.NaN]],
    [[Number.NEGATIVE_INFINITY, -379.3, Number.POSITIVE_INFINITY]],
    [new Array(50).fill(-379.3)],
    [new Array(50).fill(Number.NaN), new Array(50).fill(Number.NaN)],
  ]
  for (const levels of rows) {
    const svg = spectrumPicture([panelFor(levels)], { width: 400, height: 300, theme: 'light' })
    t.notMatch(svg, /NaN|Infinity|undefined/)
  }
  t.match(spectrumPicture([], { width: 400, height: 300, theme: 'light' }), 'no spectra')
})

t.test('several streams, each in a panel of its own', async t => {
  const panels = ['a', 'b', 'c'].map(name => panelFor([TONE], { name }))
  const svg = spectrumPicture(panels, { width: 900, height: 600, theme: 'light' })
  t.equal(svg.match(/<clipPath/g)?.length, 3)
  for (const name of ['a', 'b', 'c']) t.match(svg, `>${name}</text>`)
})

t.test('the level axis is steady while the levels move a little', async t => {
  t.same(levelRange([[-90, -90, -90, -90, -20]]), { from: -90, to: -10 })
  t.same(levelRange([[]]), { from: -120, to: 0 })
  const before = { from: -110, to: -10 }
  t.equal(steadyRange(before, { from: -100, to: -20 }), before)
  t.same(steadyRange(before, { from: -120, to: -20 }), { from: -120, to: -20 })
  t.same(steadyRange(before, { from: -80, to: -20 }), { from: -80, to: -20 })
})
