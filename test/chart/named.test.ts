// Things by name: no more than there is room for, and the others counted.

import t from 'tap'
import { leftText, Named } from '../../src/chart/named.ts'

t.test('each name once, those beyond the room counted once', async t => {
  const named = new Named<{ readonly name: string }>(2)
  const make = (name: string) => named.getOrMake(name, () => ({ name }))
  t.equal(make('a'), make('a'))
  t.same(make('b'), { name: 'b' })
  for (const name of ['c', 'd', 'c']) t.equal(make(name), undefined)
  t.equal(named.left, 2)
  t.equal(named.get('a'), make('a'))
  t.same(named.all, [{ name: 'a' }, { name: 'b' }])
})

t.test('names that never repeat are counted in bounded memory', async t => {
  const named = new Named<number>(0)
  for (let at = 0; at < 20_000; at++) named.getOrMake(`n${at}`, () => at)
  t.equal(named.left, 10_000)
  t.equal(leftText(named.left, 'stream'), 'at least 10000 more streams are not in the picture')
  t.equal(leftText(2, 'stream'), '2 more streams are not in the picture')
  t.equal(leftText(1, 'sensor'), '1 more sensor is not in the picture')
  t.equal(leftText(0, 'sensor'), undefined)
})
