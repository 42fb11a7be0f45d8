// A promise that is kept from outside.

import t from 'tap'
import { wait } from '../../../src/carrier/zmq/wait.ts'

t.test('resolves when it is told to, once', async t => {
  const { promise, resolve } = wait()
  let over = false
  promise.then(() => {
    over = true
  })
  await Promise.resolve()
  t.notOk(over)
  resolve()
  resolve()
  await promise
  t.ok(over)
})
