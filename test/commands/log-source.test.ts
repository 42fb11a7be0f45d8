// log-source: stores read back, merged, in a period, in time.

import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { runCommand } from '../../src/cli/main.ts'
import { logSource, parseSpeed } from '../../src/commands/log-source.ts'
import { startScript } from '../support/script.ts'
import { noSqlite } from '../support/sqlite.ts'
import { logged, messages } from '../support/store-context.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const

/** Runs log-source within this process; `$` is the folder. */
async function sourced(t: Test, folder: string, words: readonly string[]) {
  const before = new Map(SIGNALS.map(signal => [signal, process.listeners(signal)]))
  const written = t.capture(process.stderr, 'write', () => true)
  try {
    const code = await runCommand(
      logSource,
      ['-o', '$out.ndjson', ...words].map(word => word.replaceAll('$', `${folder}/`)),
    )
    const said = written()
      .map(({ args }) => String(args[0]))
      .join('')
      .replaceAll(`${folder}/`, '$')
    return { code, said, text: () => readFileSync(`${folder}/out.ndjson`, 'utf8') }
  } finally {
    written.restore()
    for (const signal of SIGNALS)
      for (const listener of process.listeners(signal))
        if (!before.get(signal)?.includes(listener)) process.off(signal, listener)
  }
}

const lines = (from: number, to: number) =>
  messages(from, to)
    .map(({ meta }) => `${JSON.stringify(meta)}\n`)
    .join('')

t.test('each store comes back as it was written', { skip: noSqlite }, async t => {
  for (const store of ['log.sqlite', 'log.ndjson', 'log.daq']) {
    const folder = t.testdir({})
    await logged(`${folder}/${store}`, [messages(0, 600)])
    const { code, said, text } = await sourced(t, folder, [`$${store}`])
    t.equal(code, 0, said)
    t.equal(text(), lines(0, 600), store)
  }
})

t.test('several stores are merged by timestamp', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  const all = messages(0, 100)
  await logged(`${folder}/a.sqlite`, [all.filter((_, n) => n % 3 === 0)])
  await logged(`${folder}/b.ndjson`, [all.filter((_, n) => n % 3 === 1)])
  await logged(`sqlite:${folder}/a.sqlite?table=other`, [all.filter((_, n) => n % 3 === 2)])
  const { text, said } = await sourced(t, folder, ['-v', '$a.sqlite', '$b.ndjson', 'sqlite:$a.sqlite?table=other'])
  t.equal(text(), lines(0, 100))
  t.match(said, /a\.sqlite: 34 in/)
})

t.test('a period, names and a count', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  await logged(`${folder}/log.sqlite`, [messages(0, 100)])
  const period = await sourced(t, folder, [
    '$log.sqlite',
    '--since=2026-11-21T00:00:10Z',
    '--until=2026-11-21T00:00:20Z',
  ])
  t.equal(period.text(), lines(10, 20))
  const named = await sourced(t, folder, ['$log.sqlite', '--name=sensor-1', '--name', 'sensor-3', '-n', '3'])
  t.equal(named.text(), lines(1, 2) + lines(3, 4) + lines(6, 7))
})

t.test('with --speed packets take their time, and -v says how well they kept it', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  await logged(`${folder}/log.sqlite`, [messages(0, 5)])
  const began = performance.now()
  const { code, text, said } = await sourced(t, folder, ['-v', '$log.sqlite', '--speed=100'])
  t.equal(code, 0)
  t.equal(text(), lines(0, 5))
  t.ok(performance.now() - began >= 40, 'four seconds at a hundred times the speed')
  t.match(said, /timing error: half within .*, 99% within .*, at most /)
})

t.test('wrong usage is named', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  await logged(`${folder}/log.sqlite`, [messages(0, 1)])
  const cases: readonly (readonly [words: readonly string[], said: RegExp])[] = [
    [[], /which store\?|STORE/],
    [['screen:'], /screen:: this store cannot be read back/],
    [['mysql:x'], /no such store/],
    [['$log.sqlite', '--since=soon'], /'soon' is no time/],
    [['$log.sqlite', '--since=1h', '--until=2h'], /--since 1h is not before --until 2h/],
    [['$log.sqlite', '--speed=0'], /--speed 0: expected a factor above 0, or max/],
    [['$log.sqlite', '--speed=fast'], /'fast' is no number/],
  ]
  for (const [words, expected] of cases) {
    const { code, said } = await sourced(t, folder, words)
    t.equal(code, 2, words.join(' '))
    t.match(said, expected)
  }
  t.equal((await sourced(t, folder, ['$none.sqlite'])).code, 1)
  t.equal(parseSpeed('max'), undefined)
})

t.test('--follow goes on until it is stopped, over several stores', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  await logged(`${folder}/a.sqlite`, [messages(0, 2)])
  await logged(`${folder}/b.ndjson`, [messages(10, 12)])
  const { child, said, ended } = startScript(
    `import { main } from 'src/cli/main.ts'
    import { logSource } from 'src/commands/log-source.ts'
    await main(logSource)`,
    ['--follow', `${folder}/a.sqlite`, `${folder}/b.ndjson`],
  )
  await said('id-11')
  await said('id-1"')
  await logged(`${folder}/a.sqlite`, [messages(2, 4)])
  await said('id-3')
  await logged(`${folder}/b.ndjson`, [messages(12, 14)])
  await said('id-13')
  child.kill('SIGTERM')
  const { code, text } = await ended()
  t.equal(code, 0, text)
  t.equal(text.trim().split('\n').length, 8)
})
