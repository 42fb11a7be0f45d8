// Cells: only what has changed is painted, colours by what the terminal has, nothing of a packet moves the cursor.

import t from 'tap'
import { Cells, paletteColor } from '../../src/chart/cells.ts'

t.test('only rows that differ are painted again', async t => {
  const before = new Cells(4, 3)
  before.write(0, 0, 'ab')
  const after = new Cells(4, 3)
  after.write(0, 0, 'ab')
  after.write(0, 2, 'c')
  t.equal(after.paint(before, 'none'), '\x1b[3;1H\x1b[0mc   \x1b[0m')
  t.equal(after.paint(after, 'none'), '')
  t.match(after.paint(undefined, 'none'), /^\x1b\[0m\x1b\[2J\x1b\[1;1H/)
  t.match(after.paint(new Cells(5, 3), 'none'), '\x1b[2J')
})

t.test('colours of every kind of terminal', async t => {
  const cells = new Cells(2, 1)
  cells.put(0, 0, 'x', [255, 0, 0], [0, 0, 95])
  t.match(cells.paint(undefined, 'true'), '\x1b[0;38;2;255;0;0;48;2;0;0;95mx')
  t.match(cells.paint(undefined, 'palette'), '\x1b[0;38;5;196;48;5;17mx')
  t.match(cells.paint(undefined, 'none'), '\x1b[1;1H\x1b[0mx ')
  t.equal(paletteColor(128, 128, 128), 244)
})

t.test('names of packets stay text of one cell a character', async t => {
  const cells = new Cells(8, 1)
  cells.write(0, 0, 'a\x1b[2J漢\n')
  t.equal(cells.rowText(0), 'a?[2J??')
  cells.write(6, 0, '−µ²Ω')
  t.equal(cells.rowText(0), 'a?[2J?−µ')
})
