// A map with a bound: what is used stays, what is beyond the bound goes, and weights count.

import t from 'tap'
import { LruMap } from '../src/lru-map.ts'

t.test('beyond the bound the one that was not used for longest is forgotten', async t => {
  const map = new LruMap<string, number>(3)
  for (const [value, key] of ['a', 'b', 'c'].entries()) map.set(key, value)
  t.equal(map.get('a'), 0)
  map.set('d', 3)
  t.equal(map.get('b'), undefined)
  t.same(
    ['a', 'c', 'd'].map(key => map.get(key)),
    [0, 2, 3],
  )
  t.equal(map.size, 3)
})

t.test('what is set again counts once, and was used', async t => {
  const map = new LruMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('a', 3)
  map.set('c', 4)
  t.same([map.get('a'), map.get('b'), map.get('c')], [3, undefined, 4])
})

t.test('of heavy ones there is room for fewer, but always for the last', async t => {
  const map = new LruMap<number, string>(10, ({ length }) => length)
  map.set(1, 'four')
  map.set(2, 'four')
  map.set(3, 'three')
  t.same([map.get(1), map.get(2), map.get(3)], [undefined, 'four', 'three'])
  map.set(4, 'more than ten')
  t.equal(map.size, 1)
  t.equal(map.get(4), 'more than ten')
  map.set(5, 'one')
  t.same([map.get(4), map.get(5)], [undefined, 'one'])
})

t.test('what is not there is made, once', async t => {
  const map = new LruMap<string, object>(1)
  const made = map.getOrMake('a', () => ({}))
  t.equal(
    map.getOrMake('a', () => ({})),
    made,
  )
  map.set('b', {})
  t.not(
    map.getOrMake('a', () => ({})),
    made,
  )
})
