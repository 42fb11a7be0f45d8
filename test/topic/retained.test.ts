// Retained messages: the last of each address, found by patterns, forgotten in time.

import t from 'tap'
import { randomStream } from '../../src/random.ts'
import { wordsOf } from '../../src/topic/address.ts'
import { Retained } from '../../src/topic/retained.ts'
import { plainlyCovers, randomAddress } from '../support/topic.ts'

interface Message {
  readonly text: string
}

const message = (text: string): Message => ({ text })

function shown(retained: Retained<Message>, pattern: string, now = 0): readonly string[] {
  return retained
    .matching(pattern, now)
    .map(([address, { text }]) => `${address}=${text}`)
    .toSorted()
}

t.test('the last one of each address', async t => {
  const retained = new Retained<Message>()
  t.ok(retained.set('a.b', message('1')))
  t.ok(retained.set('a.b', message('2')))
  t.ok(retained.set('a.c', message('3')))
  t.ok(retained.set('', message('4')))
  t.equal(retained.size, 3)
  t.same(shown(retained, 'a.b'), ['a.b=2'])
  t.same(shown(retained, 'a.*'), ['a.b=2', 'a.c=3'])
  t.same(shown(retained, '#'), ['=4', 'a.b=2', 'a.c=3'])
  t.same(shown(retained, 'a'), [])
  t.ok(retained.delete('a.b'))
  t.notOk(retained.delete('a.b'))
  t.notOk(retained.delete('a'))
  t.same(shown(retained, '#.c'), ['a.c=3'])
})

t.test('any pattern finds what a plain matcher finds, each once', async t => {
  const random = randomStream('retained', 'test')
  const retained = new Retained<Message>()
  const plain = new Map<string, string>()
  let differences = 0
  for (let step = 0; step < 3000 && differences === 0; step++) {
    const address = randomAddress(random, ['a', 'b', ''], 4)
    if (random.fraction() < 0.6) {
      retained.set(address, message(`${step}`))
      plain.set(address, `${step}`)
    } else if (retained.delete(address) !== plain.delete(address)) differences++
    const pattern = randomAddress(random, ['a', 'b', '', '*', '#'], 5)
    const expected = [...plain]
      .filter(([address]) => plainlyCovers(wordsOf(pattern), wordsOf(address)))
      .map(([address, text]) => `${address}=${text}`)
      .toSorted()
    if (shown(retained, pattern).join() === expected.join()) continue
    differences++
    t.same(shown(retained, pattern), expected, `step ${step}, ${pattern}`)
  }
  t.equal(differences, 0)
  t.equal(retained.size, plain.size)
})

t.test('a message is not found when its time is over, and is forgotten then', async t => {
  const retained = new Retained<Message>()
  retained.set('a', message('1'), 5000)
  retained.set('b', message('2'))
  retained.set('c', message('3'), 5500)
  t.same(shown(retained, '*', 4999), ['a=1', 'b=2', 'c=3'])
  t.same(shown(retained, '*', 5000), ['b=2', 'c=3'])
  t.equal(retained.size, 3)
  t.equal(retained.expire(4000), 0)
  t.equal(retained.expire(5000), 1)
  t.equal(retained.expire(9000), 1)
  t.equal(retained.size, 1)
  retained.set('d', message('4'), 10_000)
  retained.set('d', message('5'))
  t.equal(retained.expire(20_000), 0, 'the one that took its place has no end')
  t.same(shown(retained, '*', 20_000), ['b=2', 'd=5'])
})

t.test('there is room for so many addresses, and always for another message of one of them', async t => {
  const retained = new Retained<Message>({ most: 2 })
  t.ok(retained.set('a', message('1')))
  t.ok(retained.set('b', message('2')))
  t.notOk(retained.set('c', message('3')))
  t.ok(retained.set('a', message('4')))
  t.same(shown(retained, '#'), ['a=4', 'b=2'])
})

t.test('one address among 200,000 is found without looking at the others', async t => {
  const retained = new Retained<Message>()
  for (let index = 0; index < 200_000; index++) retained.set(`site.${index}.temperature`, message('x'))
  // So many that looking at all of them each time would not come to its end.
  let found = 0
  for (let index = 0; index < 50_000; index++) found += retained.matching(`site.${index}.#`, 0).length
  t.equal(found, 50_000)
})
