import fc from 'fast-check'
import t from 'tap'
import { ALL_RIGHTS, contains, Rights } from '../../src/bus/rights.ts'
import { covers, wordsOf } from '../../src/topic/address.ts'

t.test('a topic may be published to if a pattern stands for it', async t => {
  const rights = new Rights({ publish: ['lab.#', 'out.*'], subscribe: [], ps: false })
  t.same(
    ['lab', 'lab.a.b', 'out.x', 'out', 'out.x.y', 'other', 'lab.a.b'].map(topic => rights.mayPublish(topic)),
    [true, true, true, false, false, false, true],
  )
  t.notOk(rights.publishesAll)
  t.ok(ALL_RIGHTS.publishesAll)
})

t.test('a pattern may be subscribed to if all of it is allowed', async t => {
  const { maySubscribe } = {
    maySubscribe: (granted: string, pattern: string) =>
      new Rights({ publish: [], subscribe: [granted], ps: false }).maySubscribe(pattern),
  }
  for (const [granted, pattern] of [
    ['#', '#'],
    ['#', 'a.*.#'],
    ['a.#', 'a'],
    ['a.#', 'a.*.b'],
    ['a.*', 'a.b'],
    ['a.*', 'a.*'],
    ['#.a', 'x.#.a'],
  ] as const)
    t.ok(maySubscribe(granted, pattern), `${granted} allows ${pattern}`)
  for (const [granted, pattern] of [
    ['a.*', 'a.#'],
    ['a.*', '#'],
    ['a.b', 'a.*'],
    ['a', 'a.b'],
    ['a.#', '*.b'],
    ['*', '#'],
  ] as const)
    t.notOk(maySubscribe(granted, pattern), `${granted} does not allow ${pattern}`)
})

t.test('the address of an answer needs no right, but has to be known', async t => {
  const none = new Rights({ publish: [], subscribe: [], ps: false })
  const secret = '_reply.01a1fd3f-bfe7-77f3-971a-4ec83585c51f'
  t.same([none.mayPublish(secret), none.maySubscribe(secret)], [true, true])
  for (const guess of ['_reply.#', '_reply.*', '_reply.short', `${secret}.#`]) t.notOk(none.maySubscribe(guess), guess)
})

t.test('what is contained stands for nothing else', async () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '#'), { maxLength: 4 })
  const address = fc.array(fc.constantFrom('a', 'b', 'c', '*'), { maxLength: 5 })
  fc.assert(
    fc.property(
      pattern,
      pattern,
      address,
      (whole, part, words) => !contains(whole, part) || !covers(part, words) || covers(whole, words),
    ),
    { numRuns: 3000 },
  )
  fc.assert(fc.property(pattern, words => contains(words, words) && contains(wordsOf('#'), words)))
})
