// Numbers as engineers write them.

import t from 'tap'
import { decimal, engineering, prefixFor } from '../../src/chart/engineering.ts'

t.test('a prefix for units that take one, and as many digits as the step tells', async t => {
  t.equal(engineering(98.1e6, 'Hz', 1e3), '98.100 MHz')
  t.equal(engineering(-2.5e3, 'Hz', 100), '−2.5 kHz')
  t.equal(engineering(0.0032, 's', 1e-4), '3.2 ms')
  t.equal(engineering(2e-6, 'V', 1e-6), '2 µV')
  t.equal(engineering(0, 'Hz', 1), '0 Hz')
  t.equal(engineering(4.7e3, 'Ω', 100), '4.7 kΩ')
  t.equal(engineering(999_999_999_999_999, 'Hz', 1e12), '1000 THz')
  t.equal(engineering(-20.04, 'dBm', 0.1), '−20.0 dBm')
  t.equal(engineering(12345, '°C', 1), '12345 °C')
  t.equal(engineering(7, '', 1), '7')
})

t.test('a rounded zero has no sign, and no number of digits is absurd', async t => {
  t.equal(decimal(-0.001, 0.1), '0.0')
  t.equal(decimal(1.5, 1e-30), '1.50e+0')
  t.equal(decimal(-2e-30, 1e-31), '−2.00e−30')
  t.equal(decimal(1e20, 1e19), '1.00e+20')
})

t.test('nothing and infinity have no prefix', async t => {
  for (const magnitude of [0, Number.NaN, Number.POSITIVE_INFINITY])
    t.same(prefixFor(magnitude, 'Hz'), { factor: 1, prefix: '' })
})
