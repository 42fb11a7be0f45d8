// Back to samples: what fft made, whatever its order, normalization and window; bins from elsewhere; what has no phases.

import t from 'tap'
import { inverseStage } from '../../src/dsp/inverse.ts'
import { spectrumStage } from '../../src/dsp/spectrum.ts'
import { parseWindow, windowWeights } from '../../src/dsp/window.ts'
import { type Packet, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { distance, PLAIN, randomNumbers } from '../support/spectrum.ts'

function spectrumOf(samples: Packet, size: number, options: object): readonly Packet[] {
  const stage = spectrumStage(
    { ...PLAIN, size, scale: 'complex', ...options },
    { reject: noReject, count: new StageCount() },
  )
  return stage.push([samples])
}

const noReject = ({ reason, detail }: Reject) => {
  throw new Error(`${reason} ${detail}`)
}

function numbersOf({ meta, data }: Packet = packet({})): number[] {
  const { buffer } = data.slice()
  return ['float64', 'complex128'].includes(String(meta['dtype']))
    ? [...new Float64Array(buffer)]
    : [...new Float32Array(buffer)]
}

t.test('there and back again is the samples', async t => {
  for (const size of [15, 16, 64]) {
    for (const complex of [true, false]) {
      const numbers = randomNumbers(size * (complex ? 2 : 1), 'samples')
      const sent = packet(
        { name: 'A', dtype: complex ? 'complex64' : 'float32', sample_rate: 5 },
        new Uint8Array(Float32Array.from(numbers).buffer),
      )
      for (const normalization of ['window', 'size', 'none'])
        for (const order of ['frequency', 'transform']) {
          const [back] = inverseStage(noReject).push(spectrumOf(sent, size, { normalization, order }))
          t.ok(distance(numbersOf(back), numbers) < 1e-5, `${size} ${complex} ${normalization} ${order}`)
          t.match(back?.meta, { name: 'A', sample_rate: 5, shape: [size], dtype: complex ? 'complex64' : 'float32' })
          t.notOk('frequency_start' in (back?.meta ?? {}))
        }
    }
  }
})

t.test('the window stays in the samples; float64 stays float64', async t => {
  const window = parseWindow('hamming')
  const sent = packet({ dtype: 'float64' }, new Uint8Array(new Float64Array(12).fill(1).buffer))
  const [back] = inverseStage(noReject).push(spectrumOf(sent, 12, { window }))
  t.equal(back?.meta['dtype'], 'float64')
  t.ok(distance(numbersOf(back), windowWeights(window, 12)) < 1e-15)
})

t.test('several spectra in a packet are several packets of samples', async t => {
  const numbers = randomNumbers(64, 'rows')
  const timestamp = '2026-01-01T00:00:00.000Z'
  const sent = packet({ dtype: 'complex128', timestamp, sample_rate: 8 }, new Uint8Array(numbers.buffer))
  const spectra = spectrumOf(sent, 8, { rows: 3 })
  t.same(
    spectra.map(({ meta }) => meta['shape']),
    [[3, 8], [8]],
  )
  const back = inverseStage(noReject).push(spectra)
  t.same(
    back.map(({ meta }) => meta['shape']),
    [[8], [8], [8], [8]],
  )
  t.same(
    back.map(({ meta }) => meta['timestamp']),
    [0, 1, 2, 3].map(second => `2026-01-01T00:00:0${second}.000Z`),
  )
  t.ok(distance(back.flatMap(numbersOf), numbers) < 1e-14)
})

t.test('bins from elsewhere are as NumPy has them', async t => {
  const bins = Float32Array.of(10, 0, -2, 2, -2, 0, -2, -2)
  const [back] = inverseStage(noReject).push([packet({ dtype: 'complex64' }, new Uint8Array(bins.buffer))])
  t.same(numbersOf(back), [1, 0, 2, 0, 3, 0, 4, 0])
})

t.test('what has no phases is rejected, what has no data passes', async t => {
  const rejected: string[] = []
  const stage = inverseStage(({ reason }) => void rejected.push(reason))
  const gap = packet({ gap: { lost: 1 } })
  const passed = stage.push([
    packet({ dtype: 'float32', scale: 'db' }, new Uint8Array(8)),
    packet({ dtype: 'complex64', scale: 'power' }, new Uint8Array(8)),
    packet({ dtype: 'complex64' }, new Uint8Array(9)),
    packet({ dtype: 'complex64', scale: 'complex', one_sided: true, fft_size: 64 }, new Uint8Array(8)),
    gap,
  ])
  t.same(rejected, ['no complex bins', 'no complex bins', 'no whole spectrum', 'no whole spectrum'])
  t.same(passed, [gap])
})

t.test('a size that comes again after many others gives the same samples', async t => {
  const stage = inverseStage(noReject)
  const bins = (size: number) =>
    packet({ dtype: 'complex64' }, new Uint8Array(Float32Array.from(randomNumbers(2 * size, 'bins')).buffer))
  const [before] = stage.push([bins(12)])
  for (let size = 2 ** 18; size < 2 ** 18 + 5; size++) stage.push([bins(size)])
  const [after] = stage.push([bins(12)])
  t.same(numbersOf(after), numbersOf(before))
})
