// Correction tables: read, interpolated, and what is wrong with them.

import t from 'tap'
import { parseCorrections } from '../../src/dsp/correction-table.ts'
import { UsageError } from '../../src/errors.ts'

t.test('linear between frequencies, constant beyond the ends, in any order of lines', async t => {
  const correction = parseCorrections('frequency,db\n# cable\n200M,-2\n100M,-1\n1G,3\n', 'cable.csv')
  t.same([0, 100e6, 150e6, 200e6, 600e6, 1e9, 9e9].map(correction), [-1, -1, -1.5, -2, 0.5, 3, 3])
})

t.test('separators, one line', async t => {
  for (const text of ['5;1', '5\t1', '5 1', '5 , 1', '5e0,1\r\n']) t.equal(parseCorrections(text, 'x')(7), 1, text)
})

t.test('what is wrong is named with its line', async t => {
  for (const [text, message] of [
    ['', /x: holds no corrections/],
    ['frequency,db\n', /x: holds no corrections/],
    ['1,2\n3\n', /x:2: expected a frequency and decibels/],
    ['1,2\n3,4,5\n', /x:2/],
    ['1,2\nfoo,4\n', /x:2: 'foo' is no number/],
    ['o8M,-1\n108M,-2\n', /x:1: 'o8M' is no number/],
    ['88M,-1\n108M,0\n88M,-2\n', /x: 88000000 Hz stands there twice/],
  ] as const)
    t.throws(() => parseCorrections(text, 'x'), { constructor: UsageError, message }, text)
})
