// Keys by their names.

import t from 'tap'
import { keysIn } from '../../src/cli/keys.ts'

t.test('keys, arrows of both kinds, several at once', async t => {
  t.same(keysIn('q'), ['q'])
  t.same(keysIn('\x1b[A\x1bOBz \x03'), ['up', 'down', 'z', ' ', 'ctrl-c'])
  t.same(keysIn('\x1b[Z\t\r\x7f'), ['shift-tab', 'tab', 'enter', 'backspace'])
  t.same(keysIn('\x1b'), ['escape'])
  t.same(keysIn('\x1b[1;5C'), ['\x1b[1;5C'])
  t.same(keysIn(''), [])
})
