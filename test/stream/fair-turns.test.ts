import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { FairTurns } from '../../src/stream/fair-turns.ts'

t.test('after a while, timers have their turn; then work goes on for a while', async t => {
  const turns = new FairTurns()
  t.equal(turns.due(), undefined)
  await pause(20)
  let rung = false
  setTimeout(() => {
    rung = true
  }, 0)
  const begun = performance.now()
  while (!rung && performance.now() - begun < 5000) await turns.due()
  t.ok(rung)
  const again = new FairTurns()
  while (!again.due()) {}
  t.ok(performance.now() - begun < 5000)
})
