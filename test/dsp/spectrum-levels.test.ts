// Levels are made once for spectra that are alike. What they are is in correct-spectrum.test.ts.

import t from 'tap'
import { applyLevels, levelsBy, type Spectrum } from '../../src/dsp/spectrum-levels.ts'

const spectrum: Spectrum = {
  numbers: Float64Array.of(1, 2, 3, 4),
  dtype: 'float64',
  scale: 'db',
  rows: 2,
  bins: 2,
  size: 2,
  oneSided: false,
  zero: 1,
  axis: { start: 0, step: 1 },
  isWhole: true,
}

t.test('again only when what they depend on has changed', async t => {
  let looked = 0
  const table = (frequency: number) => {
    looked++
    return frequency
  }
  const levels = levelsBy({ offset: 1, gain: undefined, reference: 'meta', table, profile: undefined })
  t.same([...(levels(spectrum, { reference_level: 5 }) ?? [])], [6, 7])
  t.same([...(levels(spectrum, { reference_level: 5, seq: 1 }) ?? [])], [6, 7])
  t.equal(looked, 2)
  t.same([...(levels(spectrum, { reference_level: 6 }) ?? [])], [7, 8])
  t.same([...(levels({ ...spectrum, axis: { start: 10, step: 1 } }, { reference_level: 6 }) ?? [])], [17, 18])
  t.equal(looked, 6)
})

t.test('nothing to do is nothing', async t => {
  const levels = levelsBy({ offset: 0, gain: undefined, reference: undefined, table: undefined, profile: undefined })
  t.equal(levels(spectrum, {}), undefined)
})

t.test('each row gets them', async t => {
  const made = { ...spectrum, numbers: Float64Array.of(1, 2, 3, 4) }
  applyLevels(made, Float64Array.of(10, 20))
  t.same([...made.numbers], [11, 22, 13, 24])
})
