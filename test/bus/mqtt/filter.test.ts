// Filters stand for the same topics as the patterns they were made from.

import t from 'tap'
import { filterOf, mqttTopic, patternFault, topicFault, topicOf } from '../../../src/bus/mqtt/filter.ts'
import { randomStream } from '../../../src/random.ts'
import { wordsOf } from '../../../src/topic/address.ts'
import { plainlyCovers, randomAddress } from '../../support/topic.ts'

t.test('patterns', async t => {
  t.equal(filterOf('a.b', undefined), 'a/b')
  t.equal(filterOf('a.*.b', undefined), 'a/+/b')
  t.equal(filterOf('a.#', undefined), 'a/#')
  t.equal(filterOf('#.#', undefined), '#')
  t.equal(filterOf('a.#.*', undefined), 'a/+/#')
  t.equal(filterOf('a..*', 'g'), '$share/g/a//+')
  for (const fault of ['', 'a.#.b', 'a/b', 'a+', '$share.g.a', 'a\0', 'a#']) t.ok(patternFault(fault), `'${fault}'`)
  for (const fine of ['a', '#', 'a..b', 'a.', '.', '*.#.*', 'a*.b', '$SYS.#']) t.notOk(patternFault(fine), fine)
  t.ok(patternFault('ä'.repeat(40_000)))
})

t.test('topics', async t => {
  for (const fault of ['', 'a/b', '+', '#', 'a.#', '$SYS.x', 'a\0']) t.ok(topicFault(fault), `'${fault}'`)
  for (const fine of ['a', 'a.b', 'a..b', '.', '*', 'a b']) t.notOk(topicFault(fine), fine)
  t.equal(mqttTopic('a..b.c'), 'a//b/c')
  t.equal(topicOf('a//b/c'), 'a..b.c')
  t.equal(topicOf('a/1.5/b'), undefined)
})

/** As MQTT says: `#` also stands for the level above it. */
function mqttCovers(filter: readonly string[], levels: readonly string[]): boolean {
  const [first, ...rest] = filter
  if (first === '#') return true
  if (first === undefined || levels.length === 0) return first === undefined && levels.length === 0
  return (first === '+' || first === levels[0]) && mqttCovers(rest, levels.slice(1))
}

t.test('each topic comes by the filter if by the pattern', async t => {
  const random = randomStream('1', 'filters')
  const addresses = Array.from({ length: 300 }, () => randomAddress(random, ['a', 'b', ''], 6)).filter(
    address => topicFault(address) === undefined,
  )
  let differences = 0
  let compared = 0
  for (let step = 0; step < 500; step++) {
    const pattern = randomAddress(random, ['a', 'b', '*', '#', ''], 5)
    if (patternFault(pattern) !== undefined) continue
    compared++
    const filter = filterOf(pattern, undefined).split('/')
    for (const address of addresses) {
      const expected = plainlyCovers(wordsOf(pattern), wordsOf(address))
      if (mqttCovers(filter, mqttTopic(address).split('/')) !== expected) differences++
    }
  }
  t.ok(compared > 100)
  t.equal(differences, 0)
})
