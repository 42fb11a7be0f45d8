import t from 'tap'
import { decimalsFor, numberText, quantityText, scaledFor } from '../../src/chart/quantity.ts'

t.test('values have the prefix of their size and the decimals of the step', async t => {
  t.equal(quantityText(98.1e6, 1e3, 'Hz'), '98.100 MHz')
  t.equal(quantityText(98.1e6, 100e3, 'Hz'), '98.1 MHz')
  t.equal(quantityText(-12_500, 500, 'Hz'), '−12.5 kHz')
  t.equal(quantityText(2.4e9, 1, 'Hz'), '2.400000000 GHz')
  t.equal(quantityText(0.04, 0.001, 's'), '40 ms')
  t.equal(quantityText(0, 10, 'Hz'), '0 Hz')
  t.equal(quantityText(-20.04, 0.1, 'dBm'), '−20.0 dBm')
  t.equal(quantityText(1024, 1, 'bins'), '1024 bins')
  t.equal(quantityText(3, 1, ''), '3')
})

t.test('a step shows', async t => {
  t.same([20, 5, 0.5, 0.25, 0.02, 1e-3, 0, Number.NaN].map(decimalsFor), [0, 0, 1, 2, 2, 3, 0, 0])
  t.equal(decimalsFor(585.9375 / 1e6), 5, 'a step with no end has two digits')
})

t.test('zero has no sign', async t => {
  t.equal(numberText(-0.001, { factor: 1, decimals: 1 }), '0.0')
})

t.test('an axis has one prefix', async t => {
  const axis = scaledFor(98.6e6, 200e3, 'Hz')
  t.same(axis, { factor: 1e6, unit: 'MHz', decimals: 1 })
  t.same(
    [97.4e6, 97.6e6, 0].map(value => numberText(value, axis)),
    ['97.4', '97.6', '0.0'],
  )
})
