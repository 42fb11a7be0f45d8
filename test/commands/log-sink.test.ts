// log-sink: what it stores, what it says, and the exit codes it ends with.

import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { runCommand } from '../../src/cli/main.ts'
import { logSink } from '../../src/commands/log-sink.ts'
import { startScript } from '../support/script.ts'
import { messages } from '../support/store-context.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const

/** Runs log-sink within this process, in a folder that holds the packets as in.ndjson. */
async function logged(t: Test, words: readonly string[], input = lines(0, 10)) {
  const folder = t.testdir({ 'in.ndjson': input })
  const before = new Map(SIGNALS.map(signal => [signal, process.listeners(signal)]))
  const written = t.capture(process.stderr, 'write', () => true)
  try {
    const code = await runCommand(logSink, [
      `--in=${folder}/in.ndjson`,
      ...words.map(word => word.replaceAll('$', `${folder}/`)),
    ])
    const said = written()
      .map(({ args }) => String(args[0]))
      .join('')
      .replaceAll(`${folder}/`, '$')
    return { code, said, folder, text: (name: string) => readFileSync(`${folder}/${name}`, 'utf8') }
  } finally {
    written.restore()
    for (const signal of SIGNALS)
      for (const listener of process.listeners(signal))
        if (!before.get(signal)?.includes(listener)) process.off(signal, listener)
  }
}

function lines(from: number, to: number): string {
  return messages(from, to)
    .map(({ meta }) => `${JSON.stringify(meta)}\n`)
    .join('')
}

t.test('packets go to every store, and a line for each says how many', async t => {
  const { code, said, text } = await logged(t, ['$log.csv', 'ndjson:$copy'])
  t.equal(code, 0)
  t.equal(text('copy'), lines(0, 10))
  t.equal(text('log.csv').split('\n').length, 12)
  t.equal(said, 'log-sink: $log.csv: 10 stored\nlog-sink: ndjson:$copy: 10 stored\n')
})

t.test('-q says nothing, -v how to look at what was stored', async t => {
  t.equal((await logged(t, ['$log.csv', '-q'])).said, '')
  t.match((await logged(t, ['$log.csv', '-v'])).said, 'look at it with: column -t -s, $log.csv')
})

t.test('it ends after so many packets', async t => {
  const { code, text } = await logged(t, ['$log.ndjson', '-n', '3'])
  t.equal(code, 0)
  t.equal(text('log.ndjson'), lines(0, 3))
})

t.test('one dead store does not stop the others: exit 3', async t => {
  const { code, said, text } = await logged(t, ['csv:/dev/full', '$log.ndjson'])
  t.equal(code, 3)
  t.equal(text('log.ndjson'), lines(0, 10))
  t.match(said, 'csv:/dev/full: no space left on device')
  t.match(said, 'the other stores go on without it')
  t.match(said, 'csv:/dev/full: 0 stored, 10 dropped (store failed)')
})

t.test('with --strict it ends at the first failing store, also when it is the last one: exit 1', async t => {
  t.equal((await logged(t, ['csv:/dev/full', '$log.ndjson', '--strict'])).code, 1)
  const { code, said } = await logged(t, ['csv:/dev/full'])
  t.equal(code, 1)
  t.match(said, 'csv:/dev/full: no space left on device')
})

t.test('what cannot be read is named, counted and left out: exit 3', async t => {
  const bad = '{"name":"b","value":x}\n'
  const { code, said, text } = await logged(t, ['$log.csv', 'memory:x'], lines(0, 1) + bad + lines(1, 2))
  t.equal(code, 3)
  t.equal(text('log.csv').split('\n').length, 4)
  t.equal(said.split('rejected: ').length, 2, 'once, although two stores looked at it')
})

t.test('a key without a column is rejected, and kept with --reject', async t => {
  const input = '{"a":1}\n{"a":2,"b":3}\n'
  const { code, said, text } = await logged(t, ['$log.csv', '--reject', '$bad'], input)
  t.equal(code, 3)
  t.equal(text('log.csv'), 'a\r\n1\r\n')
  t.equal(text('bad'), '{"a":2,"b":3}\n')
  t.match(said, "rejected: no such column: 'b' (columns: a)")
  t.equal((await logged(t, ['$log.csv', '--strict'], input)).code, 1)
})

t.test('wrong usage leaves no file behind: exit 2', async t => {
  for (const words of [
    ['$log.csv', '$log.txt'],
    ['$log.csv', '$log.csv'],
    ['$log-%Q.csv'],
    ['csv:$log.csv?sep=;'],
    ['$log.csv', '--sync', 'sometimes'],
    ['$log.csv', '-i', 'nowhere:x'],
  ]) {
    const { code, folder, said } = await logged(t, words)
    t.equal(code, 2, said)
    t.same(readdirSync(folder), ['in.ndjson'], words.join(' '))
  }
})

t.test('a store that cannot be opened is an error before anything is read: exit 1', async t => {
  const { code, said } = await logged(t, ['$none/log.csv'])
  t.equal(code, 1)
  t.match(said, '$none/log.csv: no such file or directory')
})

t.test('files rotate by size, and only the last are kept', async t => {
  const { code, folder } = await logged(t, ['$log.ndjson', '--rotate-size', '200', '--keep', '2'])
  t.equal(code, 0)
  const kept = readdirSync(folder).filter(name => name.startsWith('log'))
  t.equal(kept.length, 3)
  t.equal(kept.map(name => readFileSync(`${folder}/${name}`, 'utf8')).join(''), lines(10 - 2 * kept.length, 10))
})

t.test('a torn record is named and set aside', async t => {
  const first = await logged(t, ['$log.ndjson'])
  writeFileSync(`${first.folder}/torn.ndjson`, `${lines(0, 1)}{"timest`)
  const second = startScript(SCRIPT, ['-i', `${first.folder}/in.ndjson`, `${first.folder}/torn.ndjson`])
  const { code, text } = await second.ended()
  t.equal(code, 0)
  t.match(text, /torn\.ndjson: the last record was cut short at byte 84: moved 8 bytes to .*torn\.ndjson\.torn-84/)
  t.equal(readFileSync(`${first.folder}/torn.ndjson`, 'utf8'), lines(0, 1) + lines(0, 10))
})

const SCRIPT = `import { main } from 'src/cli/main.ts'
import { logSink } from 'src/commands/log-sink.ts'
await main(logSink)`

t.test('a record is in the file as soon as it came; HUP begins a new file; TERM drains and ends well', async t => {
  const folder = t.testdir()
  const { child, ended } = startScript(SCRIPT, [`${folder}/log.ndjson`])
  const stored = async (name: string, content: string) => {
    while (!existsSync(`${folder}/${name}`) || readFileSync(`${folder}/${name}`, 'utf8') !== content) {
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
  child.stdin?.write(lines(0, 1))
  await stored('log.ndjson', lines(0, 1))
  renameSync(`${folder}/log.ndjson`, `${folder}/log.1`)
  child.kill('SIGHUP')
  await stored('log.ndjson', '')
  child.stdin?.write(lines(1, 3))
  await stored('log.ndjson', lines(1, 3))
  child.kill('SIGTERM')
  const { code, text } = await ended()
  t.equal(code, 0, text)
  t.equal(readFileSync(`${folder}/log.1`, 'utf8'), lines(0, 1))
  t.match(text, '3 stored')
})

t.test('when the reader of the screen goes away it ends as any filter', async t => {
  const { child, ended } = startScript(SCRIPT, [])
  child.stdout?.destroy()
  child.stdin?.on('error', () => {})
  const feed = setInterval(() => child.stdin?.write(lines(0, 10)), 5)
  await once(child, 'exit')
  clearInterval(feed)
  t.equal((await ended()).code, 141)
})

t.test('one file is no two stores, however it is written', async t => {
  for (const words of [
    ['$log.csv', 'csv:$./log.csv'],
    ['$log.csv', 'ndjson:$log.csv'],
    ['sqlite:$log?table=a', 'sqlite:$log?table=b'],
  ]) {
    const { code, said, folder } = await logged(t, words)
    t.equal(code, 2)
    t.match(said, /^log-sink: the store '.*' is there twice/)
    t.same(readdirSync(folder), ['in.ndjson'])
  }
})

t.test('files that would hold nothing, or last no time, are no rotation', async t => {
  for (const word of ['--rotate-size=0', '--rotate-every=0s']) {
    const { code, said } = await logged(t, ['$log.csv', word])
    t.equal(code, 2)
    t.match(said, /^log-sink: --rotate-size and --rotate-every: expected more than 0/)
  }
})
