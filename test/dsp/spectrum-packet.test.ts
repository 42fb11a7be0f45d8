// A spectrum's meta is made on demand, once.

import t from 'tap'
import { SpectrumPacket } from '../../src/dsp/spectrum-packet.ts'

t.test('time of the first sample, the family’s fields, its own', async t => {
  let made = 0
  const family = {
    sampleRate: 1000,
    hop: 100,
    metaFor: () => {
      made++
      return { dtype: 'float32', scale: 'db' }
    },
  }
  const origin = { meta: { timestamp: '2026-01-01T00:00:00.000Z' }, offset: 250, last: {}, apart: 0 }
  const data = new Uint8Array(4)
  const spectrum = new SpectrumPacket(data, family, origin, { seq: 7, rows: 1, averages: 2, padded: undefined })
  t.equal(spectrum.data, data)
  t.equal(made, 0)
  t.same(spectrum.meta, { timestamp: '2026-01-01T00:00:00.250Z', dtype: 'float32', scale: 'db', seq: 7, averages: 2 })
  t.equal(spectrum.meta, spectrum.meta)
  t.equal(made, 1)
  const timeless = new SpectrumPacket(data, { ...family, sampleRate: undefined }, origin, {
    seq: 0,
    rows: 3,
    averages: undefined,
    padded: 4,
  })
  t.same([timeless.meta['timestamp'], timeless.meta['padded']], ['2026-01-01T00:00:00.000Z', 4])
})
