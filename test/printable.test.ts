import t from 'tap'
import { harmless, printable } from '../src/printable.ts'

t.test('control characters are shown, not obeyed', async t => {
  t.equal(printable('plain ünï'), 'plain ünï')
  t.equal(printable('\x1b[2J\x07\n\t\r\\ \x9b'), '\\x1b[2J\\x07\\n\\t\\r\\\\ \\x9b')
})

t.test('what is said to people keeps its lines', async t => {
  t.equal(harmless('C:\\a\n\tb \x1b]0;x\x07\r'), 'C:\\a\n\tb \\x1b]0;x\\x07\\r')
})
