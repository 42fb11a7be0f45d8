import t from 'tap'
import { startScript } from '../support/script.ts'

/** Says `ready`, then what the signals make it do; ends by itself only when `stop` aborts and `obedient` is set. */
const program = ({ obedient, reopens = 0 }: { obedient: boolean; reopens?: number }) => `
import { installSignals } from 'src/cli/signals.ts'
const stop = new AbortController()
const hangups = new Set()
for (let i = 1; i <= ${reopens}; i++) hangups.add(() => console.log('reopened ' + i))
installSignals({ stop, hangups, report: () => console.log('reported') })
const life = setInterval(() => {}, 1000)
stop.signal.addEventListener('abort', () => {
  console.log('stopped by ' + stop.signal.reason)
  if (${obedient}) clearInterval(life)
})
console.log('ready')
`

t.test('the first INT or TERM asks to stop, the end is the command’s own', async t => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const script = startScript(program({ obedient: true }))
    await script.said('ready')
    script.child.kill(signal)
    t.same(await script.ended(), { code: 0, text: `ready\nstopped by ${signal}\n` })
  }
})

t.test('the second ends at once, with the code of that signal', async t => {
  const pairs = [
    ['SIGINT', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
  ] as const
  for (const [first, second, code] of pairs) {
    const script = startScript(program({ obedient: false }))
    await script.said('ready')
    script.child.kill(first)
    await script.said('stopped')
    script.child.kill(second)
    t.same(await script.ended(), { code, text: `ready\nstopped by ${first}\n` })
  }
})

t.test('HUP reopens everything that wants it, and stops nothing', async t => {
  const script = startScript(program({ obedient: true, reopens: 2 }))
  await script.said('ready')
  script.child.kill('SIGHUP')
  await script.said('reopened 2')
  script.child.kill('SIGHUP')
  await script.said('reopened 2\nreopened 1\nreopened 2')
  script.child.kill('SIGTERM')
  t.match(await script.ended(), { code: 0, text: /^ready\n(reopened 1\nreopened 2\n){2}stopped by SIGTERM\n$/ })
})

t.test('where nothing reopens, the terminal is gone: HUP stops as TERM does', async t => {
  const script = startScript(program({ obedient: true }))
  await script.said('ready')
  script.child.kill('SIGHUP')
  t.same(await script.ended(), { code: 0, text: 'ready\nstopped by SIGTERM\n' })
})

t.test('USR1 reports as often as asked', async t => {
  const script = startScript(program({ obedient: true }))
  await script.said('ready')
  script.child.kill('SIGUSR1')
  await script.said('reported')
  script.child.kill('SIGUSR1')
  await script.said('reported\nreported')
  script.child.kill('SIGTERM')
  t.match(await script.ended(), { code: 0, text: 'reported\nreported\nstopped by SIGTERM\n' })
})
