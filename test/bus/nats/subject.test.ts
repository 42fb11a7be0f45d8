// Subjects stand for the same topics as the patterns they were made from.

import t from 'tap'
import { isInternal, patternFault, subjectsOf, topicFault } from '../../../src/bus/nats/subject.ts'
import { randomStream } from '../../../src/random.ts'
import { wordsOf } from '../../../src/topic/address.ts'
import { plainlyCovers, randomAddress } from '../../support/topic.ts'

t.test('patterns', async t => {
  t.same(subjectsOf('a.b'), ['a.b'])
  t.same(subjectsOf('a.*.b'), ['a.*.b'])
  t.same(subjectsOf('#'), ['>'])
  t.same(subjectsOf('a.#'), ['a', 'a.>'])
  t.same(subjectsOf('a.#.*'), ['a.>'])
  t.same(subjectsOf('a.*.*.#'), ['a.*.>'])
  for (const fault of ['', 'a..b', 'a.', 'a.#.b', '>', 'a.>', 'a b.c', 'a\tb']) t.ok(patternFault(fault), `'${fault}'`)
  for (const fine of ['a', '#', '#.#', '*.#.*', 'a*.b', 'a>', '$SYS.#']) t.notOk(patternFault(fine), fine)
})

t.test('topics', async t => {
  for (const fault of ['', 'a..b', '*', 'a.*', 'a.>', 'a b', '$JS.x', '_INBOX.x']) t.ok(topicFault(fault), `'${fault}'`)
  for (const fine of ['a', 'a.b', '#', 'a.#', 'ä.ö', 'a*b']) t.notOk(topicFault(fine), fine)
  t.ok(isInternal('$SYS.x', '#'))
  t.ok(isInternal('_INBOX.x', '*.x'))
  t.notOk(isInternal('$SYS.x', '$SYS.#'))
  t.notOk(isInternal('a', '#'))
})

/** As NATS says. */
function natsCovers(subject: readonly string[], address: readonly string[]): boolean {
  const [first, ...rest] = subject
  if (first === '>') return address.length > 0
  if (first === undefined || address.length === 0) return first === undefined && address.length === 0
  return (first === '*' || first === address[0]) && natsCovers(rest, address.slice(1))
}

t.test('each topic comes by one of the subjects if by any', async t => {
  const random = randomStream('1', 'subjects')
  const addresses = Array.from({ length: 300 }, () => wordsOf(randomAddress(random, ['a', 'b'], 6))).filter(
    ({ length }) => length > 0,
  )
  let differences = 0
  let compared = 0
  for (let step = 0; step < 500; step++) {
    const pattern = randomAddress(random, ['a', 'b', '*', '#'], 5)
    if (patternFault(pattern) !== undefined) continue
    compared++
    const subjects = subjectsOf(pattern).map(wordsOf)
    for (const address of addresses) {
      const times = subjects.filter(subject => natsCovers(subject, address)).length
      if (times !== (plainlyCovers(wordsOf(pattern), address) ? 1 : 0)) differences++
    }
  }
  t.ok(compared > 100)
  t.equal(differences, 0)
})
