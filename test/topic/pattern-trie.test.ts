// The tree of patterns: finding, matching, pruning.

import t from 'tap'
import { wordsOf } from '../../src/topic/address.ts'
import type { Bound } from '../../src/topic/bound.ts'
import { PatternTrie } from '../../src/topic/pattern-trie.ts'

function matching(trie: PatternTrie<string>, address: string): readonly string[] {
  const bounds: Bound<string>[] = []
  trie.match(address, bounds)
  return bounds.flatMap(bound => bound.targets).toSorted()
}

t.test('an address meets each of its patterns once', async t => {
  const trie = new PatternTrie<string>()
  for (const [order, pattern] of ['#', '#.#', 'a.#.#.b', '*.b', 'a.*'].entries()) {
    trie.at(wordsOf(pattern)).add(pattern, order)
  }
  t.same(matching(trie, 'a.b'), ['#', '#.#', '*.b', 'a.#.#.b', 'a.*'])
  t.same(matching(trie, 'a.x.b'), ['#', '#.#', 'a.#.#.b'])
  t.same(matching(trie, ''), ['#', '#.#'])
})

t.test('a pattern is found by its own words alone', async t => {
  const trie = new PatternTrie<string>()
  const bound = trie.at(['a', '#'])
  t.equal(trie.find(['a', '#']), bound)
  t.equal(trie.at(['a', '#']), bound)
  t.equal(trie.find(['a']), undefined)
  t.equal(trie.find(['a', 'b']), undefined)
})

t.test('pruning takes what led to the pattern alone', async t => {
  const trie = new PatternTrie<string>()
  trie.at(['a', '*', 'b']).add('x', 0)
  trie.at(['a', '*']).add('y', 1)
  trie.find(['a', '*', 'b'])?.remove('x')
  trie.prune(['a', '*', 'b'])
  t.equal(trie.find(['a', '*', 'b']), undefined)
  t.same(matching(trie, 'a.b'), ['y'])
  trie.prune(['a', '*'])
  t.same(matching(trie, 'a.b'), ['y'], 'a pattern with targets stays')
  trie.find(['a', '*'])?.remove('y')
  trie.prune(['a', '*'])
  t.ok(trie.isEmpty)
})

t.test('one word after another leads on from the same place, and goes again', async t => {
  const trie = new PatternTrie<string>()
  const words = ['b', 'c', 'd']
  for (const [order, word] of words.entries()) {
    trie.at(['a', word]).add(word, order)
    for (const known of words.slice(0, order + 1)) t.same(matching(trie, `a.${known}`), [known])
  }
  for (const word of words) {
    trie.find(['a', word])?.remove(word)
    trie.prune(['a', word])
    t.same(matching(trie, `a.${word}`), [])
  }
  t.ok(trie.isEmpty)
  trie.at(['a', 'e']).add('e', 4)
  t.same(matching(trie, 'a.e'), ['e'])
})
