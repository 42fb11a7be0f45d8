import t from 'tap'
import { now, Timer } from '../src/timer.ts'

const DAY_MS = 86_400_000

t.test('a timer rings once, after its time', async t => {
  const begun = performance.now()
  await new Promise<void>(resolve => new Timer(20, resolve))
  t.ok(performance.now() - begun > 18)
})

t.test('a timer of a month does not ring at once, and needs no warning of the system', async t => {
  const warnings: Error[] = []
  const heed = (warning: Error) => warnings.push(warning)
  process.on('warning', heed)
  let rung = false
  const month = new Timer(30 * DAY_MS, () => {
    rung = true
  })
  const never = new Timer(Number.POSITIVE_INFINITY, () => {
    rung = true
  })
  await new Promise<void>(resolve => new Timer(30, resolve))
  month.restart()
  await new Promise<void>(resolve => new Timer(30, resolve))
  month.stop()
  never.stop()
  process.off('warning', heed)
  t.notOk(rung)
  t.same(warnings, [])
})

t.test('a timer that was stopped does not ring; one that is restarted rings later', async t => {
  const rung: string[] = []
  const stopped = new Timer(10, () => rung.push('stopped'))
  const restarted = new Timer(40, () => rung.push('restarted'))
  stopped.stop()
  await new Promise<void>(resolve => new Timer(30, resolve))
  restarted.restart()
  await new Promise<void>(resolve => new Timer(30, resolve))
  t.same(rung, [])
  await new Promise<void>(resolve => new Timer(60, resolve))
  t.same(rung, ['restarted'])
})

t.test('the clock counts milliseconds', async t => {
  const [begun, other] = [now(), performance.now()]
  await new Promise(resolve => setTimeout(resolve, 30))
  t.ok(Math.abs(now() - begun - (performance.now() - other)) < 5)
})
