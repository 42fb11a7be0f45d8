// The cache of matches: what makes an entry untrue, and its bound.

import t from 'tap'
import { wordsOf } from '../../src/topic/address.ts'
import { MatchCache } from '../../src/topic/match-cache.ts'

/** A cache, and how often it had to ask. */
function counted(sets?: number) {
  const asked: string[] = []
  const find = (address: string) => {
    asked.push(address)
    return [`${address} ${asked.length}`]
  }
  return { cache: new MatchCache<string>(find, sets), asked }
}

t.test('an address is known until a pattern that stands for it changes', async t => {
  const { cache } = counted()
  t.same(cache.get('a.b'), ['a.b 1'])
  t.same(cache.get('a.b'), ['a.b 1'])
  cache.change(wordsOf('b.*'))
  cache.change(wordsOf('*'))
  t.same(cache.get('a.b'), ['a.b 1'])
  cache.change(wordsOf('#.b'))
  t.same(cache.get('a.b'), ['a.b 2'])
  t.same(cache.get('a.b'), ['a.b 2'])
  cache.forget('a.b')
  t.same(cache.get('a.b'), ['a.b 3'])
  cache.clear()
  t.same(cache.get('a.b'), ['a.b 4'])
})

t.test('no change is overlooked, however many there were', async t => {
  for (let changes = 1; changes < 30; changes++) {
    for (let at = 0; at < changes; at++) {
      const { cache } = counted()
      for (let index = 0; index < at; index++) cache.change(wordsOf('z.*'))
      cache.get('a.b')
      for (let index = 0; index < changes; index++) cache.change(wordsOf(index === at ? 'a.*' : 'z.*'))
      t.same(cache.get('a.b'), ['a.b 2'], `${at} of ${changes}`)
    }
  }
})

t.test('after changes, what is asked for often is found where it moved to', async t => {
  const { cache, asked } = counted(1)
  const addresses = ['a', 'b', 'c', 'd']
  for (let round = 0; round < 20; round++) {
    for (const address of addresses) {
      cache.change(wordsOf(round % 2 === 0 ? '*' : 'x.*'))
      const before = asked.length
      const [found] = cache.get(address)
      t.match(found, new RegExp(`^${address} `))
      if (round % 2 === 0) t.equal(asked.length, before + 1, `${address} is looked up again in round ${round}`)
    }
  }
})

t.test('as many as there is room for are kept, and a flood takes little from them', async t => {
  const { cache, asked } = counted(256)
  const hot = Array.from({ length: 300 }, (_, index) => `hot.${index}`)
  for (let round = 0; round < 4; round++) for (const address of hot) cache.get(address)
  const before = asked.length
  for (const address of hot) cache.get(address)
  t.ok(asked.length - before < 15, `${asked.length - before} of 300 were not kept`)
  let missed = 0
  for (let index = 0; index < 3000; index++) {
    cache.get(`cold.${index}`)
    const so = asked.length
    cache.get(hot[index % hot.length] ?? '')
    missed += asked.length - so
  }
  t.ok(missed < 600, `${missed} of 3000`)
})

t.test('what begins to be asked for when all places are taken is kept soon', async t => {
  const { cache, asked } = counted(64)
  for (let index = 0; index < 5000; index++) cache.get(`old.${index}`)
  for (let round = 0; round < 200; round++) for (let index = 0; index < 20; index++) cache.get(`new.${index}`)
  const before = asked.length
  for (let index = 0; index < 20; index++) cache.get(`new.${index}`)
  t.ok(asked.length - before <= 2, `${asked.length - before} of 20 were not kept`)
})
