// Words, wildcards and limits of addresses, and the plain matcher.

import t from 'tap'
import { addressFault, covers, isPattern, wordsOf } from '../../src/topic/address.ts'
import { COVERED, NOT_COVERED } from '../support/topic.ts'

t.test('an address has the words between its dots, empty ones included, and the empty one none', async t => {
  t.same(wordsOf(''), [])
  t.same(wordsOf('a'), ['a'])
  t.same(wordsOf('a.'), ['a', ''])
  t.same(wordsOf('.'), ['', ''])
  t.same(wordsOf('a..b'), ['a', '', 'b'])
})

t.test('a wildcard is a whole word', async t => {
  for (const pattern of ['*', '#', 'a.*', '#.b', 'a.#.b', '.*']) t.ok(isPattern(pattern), pattern)
  for (const address of ['', 'a', 'a.b', 'a*', '#a.b', 'a.**', '.']) t.notOk(isPattern(address), address)
})

t.test('255 bytes are the limit, as in AMQP 0-9-1', async t => {
  t.equal(addressFault('a'.repeat(255)), undefined)
  t.match(addressFault('a'.repeat(256)), /^an address of 256 bytes: expected at most 255$/)
  t.equal(addressFault('µ'.repeat(127)), undefined)
  t.match(addressFault('µ'.repeat(128)), /^an address of 256 bytes/)
})

t.test('what a pattern stands for', async t => {
  for (const [pattern, address] of COVERED) t.ok(covers(wordsOf(pattern), wordsOf(address)), `${pattern} ~ ${address}`)
  for (const [pattern, address] of NOT_COVERED) {
    t.notOk(covers(wordsOf(pattern), wordsOf(address)), `${pattern} !~ ${address}`)
  }
})

t.test('many wildcards are decided without trying all ways, which would not come to its end', async t => {
  const pattern = wordsOf(`${'#.*.'.repeat(60)}b`)
  const address = wordsOf(`${'a.'.repeat(120)}a`)
  t.notOk(covers(pattern, address))
})
