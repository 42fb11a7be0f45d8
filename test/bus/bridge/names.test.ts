// Topics with words before them, and without.

import t from 'tap'
import { Prefix } from '../../../src/bus/bridge/names.ts'
import { UsageError } from '../../../src/errors.ts'

t.test('a prefix, with a dot at its end or without', async t => {
  for (const text of ['a.b', 'a.b.']) {
    const prefix = new Prefix(text)
    t.equal(prefix.add('c.d'), 'a.b.c.d')
    t.equal(prefix.add('#'), 'a.b.#')
    t.equal(prefix.add(''), 'a.b')
    t.equal(prefix.remove('a.b.c'), 'c')
    t.equal(prefix.remove('a.b'), '')
    t.equal(prefix.remove('a.b.'), '')
    t.equal(prefix.remove('a.bc'), undefined)
    t.equal(prefix.remove('a'), undefined)
  }
})

t.test('none at all', async t => {
  const prefix = new Prefix('')
  t.equal(prefix.add('c.d'), 'c.d')
  t.equal(prefix.add(''), '')
  t.equal(prefix.remove('c.d'), 'c.d')
  t.equal(prefix.remove(''), '')
})

t.test('what is none', async t => {
  for (const text of ['.', 'a..b', '.a', 'a.*', '#', 'a..']) t.throws(() => new Prefix(text), UsageError, text)
})
