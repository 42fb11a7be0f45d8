// What a peer sent is shown without what a terminal would obey.

import t from 'tap'
import { printable } from '../../src/zmtp/printable.ts'

t.test('everything but printable ASCII is a question mark', async t => {
  t.equal(printable(Buffer.from('a\x1b[31m\x00\x7f\x9b\xffz~', 'latin1'), 100), 'a?[31m????z~')
  t.equal(printable(new TextEncoder().encode('ü'), 100), '??')
})

t.test('no more is shown than was asked for', async t => {
  t.equal(printable(Buffer.from('abcdef'), 3), 'abc')
  t.equal(printable(new Uint8Array(0), 3), '')
})
