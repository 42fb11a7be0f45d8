// Who waits goes on when it is so, and not before; a failure is told to all of them, and to those who come later.

import t from 'tap'
import { Condition } from '../../src/bus/condition.ts'

t.test('waking is no reason to go on', async t => {
  const condition = new Condition()
  let count = 0
  let isOver = false
  const waiting = condition
    .until(() => count === 2)
    .then(() => {
      isOver = true
    })
  for (const expected of [false, true]) {
    count++
    condition.wake()
    await new Promise(resolve => setImmediate(resolve))
    t.equal(isOver, expected)
  }
  await waiting
  await condition.until(() => true)
})

t.test('the first failure ends all waiting', async t => {
  const condition = new Condition()
  const waiting = [condition.until(() => false), condition.until(() => false)]
  t.notOk(condition.hasFailed)
  condition.check()
  condition.fail(new Error('the first'))
  condition.fail(new Error('the second'))
  for (const one of waiting) await t.rejects(one, { message: 'the first' })
  t.ok(condition.hasFailed)
  t.throws(() => condition.check(), { message: 'the first' })
  await t.rejects(
    condition.until(() => true),
    { message: 'the first' },
  )
})
