// Profiles: usable bins as PyRF has them, and names.

import t from 'tap'
import { modeNamed, profileNamed, usableBins } from '../../src/dsp/receiver-profiles.ts'
import { UsageError } from '../../src/errors.ts'

const usable = (profile: string, mode: string, size = 1024) =>
  usableBins(modeNamed(profileNamed(profile), mode), size).map(({ start, count }) => [start, count])

t.test('usable bins', async t => {
  t.same(usable('wsa4000', 'ZIF'), [
    [143, 367],
    [513, 367],
  ])
  t.same(usable('wsa5000', 'ZIF'), [
    [102, 408],
    [513, 408],
  ])
  t.same(usable('wsa5000', 'SH'), [[122, 327]])
  t.same(usable('r5500', 'DD'), [[0, 512]])
})

t.test('they lie within the spectrum, whatever its size', async t => {
  for (const mode of ['SH', 'SHN', 'HDR', 'DD'])
    for (const size of [16, 100, 4096])
      for (const [start = 0, count = 0] of usable('wsa5000', mode, size))
        t.ok(start >= 0 && start + count <= size / 2 + 1)
})

t.test('the constant of the WSA4000 is that of its first calibration, on raw integers', async t => {
  t.ok(Math.abs(profileNamed('wsa4000').constant - (20 * Math.log10(8192) + 10 - 72.5)) < 1e-4)
})

t.test('unknown names are told', async t => {
  t.throws(() => profileNamed('wsa1'), { constructor: UsageError, message: /expected wsa4000, wsa5000, r5500/ })
  t.throws(() => modeNamed(profileNamed('wsa4000'), 'SH'), { constructor: UsageError, message: /expected ZIF/ })
})
