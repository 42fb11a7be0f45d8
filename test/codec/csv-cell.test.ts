// Cells: what they mean, and when a text needs quotes.

import t from 'tap'
import { cellOf, jsonOfCell, quoted, textsOf } from '../../src/codec/csv-cell.ts'

t.test('a cell is a number only if a double holds it, and keeps its spelling', async t => {
  for (const cell of ['0', '-0', '1.0', '69.10', '1E5', '0.1234567890123456', '1e22', '0.000'])
    t.equal(jsonOfCell(cell), cell)
  for (const cell of ['01', '1.', '.5', '+1', '1e999', '9007199254740993', '1_000', '0x10', 'Infinity', ' 1']) {
    t.equal(jsonOfCell(cell), JSON.stringify(cell))
  }
})

t.test('quotes make text of anything but JSON', async t => {
  t.equal(jsonOfCell('1', { quoted: true }), '"1"')
  t.equal(jsonOfCell('', { quoted: true }), '""')
  t.equal(jsonOfCell(''), 'null')
  t.equal(jsonOfCell('{"a":\r\n1}', { quoted: true }), '{"a":  1}')
  t.equal(jsonOfCell('[x]'), '"[x]"')
})

t.test('values stand in quotes where they would be mistaken or cut', async t => {
  t.equal(cellOf(null), '')
  t.equal(cellOf(undefined), '')
  t.equal(cellOf(''), '""')
  t.equal(cellOf('-1.5'), '"-1.5"')
  t.equal(cellOf('false'), '"false"')
  t.equal(cellOf(false), 'false')
  t.equal(cellOf('2026-01-01'), '2026-01-01')
  t.equal(cellOf({ a: [1] }), '"{""a"":[1]}"')
  t.equal(quoted('a\nb'), '"a\nb"')
})

t.test('the cells of a row are texts without their quotes', async t => {
  t.same(textsOf('a,"b ""c""","d,e",\r\n'), ['a', 'b "c"', 'd,e', ''])
  t.same(textsOf('"two\nlines",x'), ['two\nlines', 'x'])
})
