// The spectra of one stream: numbered, averaged, with what is left at an end. More of it is in spectrum.test.ts.

import t from 'tap'
import { sampleFormat } from '../../src/dsp/samples.ts'
import { SpectrumMaker, type SpectrumMakerOptions } from '../../src/dsp/spectrum-maker.ts'
import { parseWindow } from '../../src/dsp/window.ts'
import type { Packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'

function make(options: Partial<SpectrumMakerOptions> = {}): SpectrumMaker {
  const format = sampleFormat('complex64')
  if (!format) throw new Error('no format')
  return new SpectrumMaker({
    form: { size: 16, window: parseWindow('hann'), scale: 'power', normalization: 'window', order: 'frequency' },
    hop: 16,
    format,
    sampleRate: 16,
    removeMean: false,
    pad: false,
    threaded: false,
    rows: 1,
    averaging: 'mean',
    average: undefined,
    count: new StageCount(),
    ...options,
  })
}

const samples = (count: number) => new Uint8Array(count * 8)

t.test('spectra are numbered through, also after an end', async t => {
  const maker = make()
  const out: Packet[] = []
  maker.push({}, samples(40), out)
  t.equal(maker.finish(out), 8)
  maker.push({}, samples(16), out)
  t.same(
    out.map(({ meta }) => meta['seq']),
    [0, 1, 2],
  )
})

t.test('an average that is not complete at an end counts what it has', async t => {
  const maker = make({ average: 3 })
  const out: Packet[] = []
  maker.push({}, samples(64), out)
  maker.finish(out)
  maker.finish(out)
  t.same(
    out.map(({ meta }) => meta['averages']),
    [3, 1],
  )
})

t.test('a running one begins anew', async t => {
  const maker = make({ averaging: 'max-hold', pad: true })
  const out: Packet[] = []
  maker.push({}, new Uint8Array(new Float32Array(32).fill(1).buffer), out)
  maker.finish(out)
  maker.push({}, samples(10), out)
  t.equal(maker.finish(out), 0)
  t.same(
    out.map(({ meta }) => [meta['averages'], meta['padded']]),
    [
      [1, undefined],
      [1, 6],
    ],
  )
  t.ok(out[1]?.data.every(byte => byte === 0))
})

t.test('transient spectra of a single packet need no copy', async t => {
  const maker = make()
  const one: Packet[] = []
  maker.push({}, new Uint8Array(new Float32Array(64).fill(1).buffer), one, { transient: true })
  const before = one.map(({ data }) => [...data])
  t.equal(one[0]?.data.buffer, one[1]?.data.buffer)
  maker.push({}, samples(32), [], { transient: true })
  t.notSame(
    one.map(({ data }) => [...data]),
    before,
  )
})

t.test('data belong to the packet alone', async t => {
  const maker = make()
  const first: Packet[] = []
  maker.push({}, new Uint8Array(new Float32Array(32).fill(1).buffer), first)
  const kept = first.map(({ data }) => [...data])
  maker.push({}, samples(64), [])
  t.same(
    first.map(({ data }) => [...data]),
    kept,
  )
})

t.test('several that come together may be one packet', async t => {
  const maker = make({ rows: 2, hop: 8 })
  const out: Packet[] = []
  maker.push({ timestamp: '2026-01-01T00:00:00.000Z' }, samples(32), out)
  maker.push({}, samples(8), out)
  t.same(
    out.map(({ meta, data }) => [meta['shape'], meta['seq'], meta['row_interval'], data.length]),
    [
      [[2, 16], 0, 0.5, 128],
      [[16], 2, undefined, 64],
      [[16], 3, undefined, 64],
    ],
  )
  const all: Packet[] = []
  make({ rows: Number.POSITIVE_INFINITY }).push({}, samples(64), all)
  t.same(all[0]?.meta['shape'], [4, 16])
})
