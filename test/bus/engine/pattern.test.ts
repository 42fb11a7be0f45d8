// Patterns whose `#` is brought to the end: they stand for the same addresses as before.

import t from 'tap'
import { anyOverlap, overlap, type Tail, tailOf } from '../../../src/bus/engine/pattern.ts'
import { randomStream } from '../../../src/random.ts'
import { wordsOf } from '../../../src/topic/address.ts'
import { plainlyCovers, randomAddress } from '../../support/topic.ts'

const asPattern = ({ words, open }: Tail) => [...words, ...(open ? ['#'] : [])]

t.test('the tail of a pattern', async t => {
  t.same(tailOf('a.b'), { words: ['a', 'b'], open: false })
  t.same(tailOf(''), { words: [], open: false })
  t.same(tailOf('#'), { words: [], open: true })
  t.same(tailOf('a.#'), { words: ['a'], open: true })
  t.same(tailOf('a.#.#.*.#'), { words: ['a', '*'], open: true })
  t.same(tailOf('*.#.*'), { words: ['*', '*'], open: true })
  t.equal(tailOf('a.#.b'), undefined)
  t.equal(tailOf('#.*.b'), undefined)
})

t.test('it stands for the same addresses, and overlaps as they do', async t => {
  const random = randomStream('1', 'tails')
  const words = ['a', 'b', '*', '#', '']
  const addresses = Array.from({ length: 400 }, () => wordsOf(randomAddress(random, ['a', 'b', ''], 6)))
  let differences = 0
  let overlaps = 0
  for (let step = 0; step < 400; step++) {
    const [one = '', other = ''] = [randomAddress(random, words, 4), randomAddress(random, words, 4)]
    const [a, b] = [tailOf(one), tailOf(other)]
    if (!a || !b) continue
    const both = addresses.filter(address => {
      const covered = plainlyCovers(wordsOf(one), address)
      if (covered !== plainlyCovers(asPattern(a), address)) differences++
      return covered && plainlyCovers(wordsOf(other), address)
    })
    if (both.length > 0) overlaps++
    if (both.length > 0 && !overlap(a, b)) differences++
    if (overlap(a, b) !== overlap(b, a)) differences++
  }
  t.equal(differences, 0)
  t.ok(overlaps > 20)
  const tails = (patterns: string[]) => patterns.map(pattern => tailOf(pattern) ?? { words: [], open: true })
  t.notOk(anyOverlap(tails(['a.b', 'a.c', 'b.*', 'a', 'c.#', 'a.b.*.*'])))
  t.ok(anyOverlap(tails(['a.b', 'c', 'a.*'])))
  t.notOk(overlap({ words: ['a'], open: false }, { words: ['a', 'b'], open: true }))
})
