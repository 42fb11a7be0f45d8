// Addresses for answers that cross a bridge.

import t from 'tap'
import { Answers } from '../../../src/bus/bridge/answers.ts'
import { covers, wordsOf } from '../../../src/topic/address.ts'

t.test('each address of the other side has one here, the same as long as it is known', async t => {
  const answers = new Answers()
  const one = answers.addressFor('_reply.x')
  t.equal(answers.addressFor('_reply.x'), one)
  t.not(answers.addressFor('_reply.y'), one)
  t.equal(answers.behind(one), '_reply.x')
  t.equal(answers.behind('_reply.x'), undefined)
  t.ok(covers(wordsOf(answers.pattern), wordsOf(one)))
  t.not(new Answers().pattern, answers.pattern)
})

t.test('of too many, the one that was not used for longest is forgotten', async t => {
  const answers = new Answers()
  const old = answers.addressFor('old')
  const used = answers.addressFor('used')
  for (let n = 0; n < 9998; n++) answers.addressFor(`other ${n}`)
  t.equal(answers.behind(used), 'used')
  answers.addressFor('one more')
  t.equal(answers.behind(old), undefined)
  t.equal(answers.behind(used), 'used')
  t.not(answers.addressFor('old'), old)
})
