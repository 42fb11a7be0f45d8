import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Command, type Context, defineCommand, type Positional } from '../../src/cli/command.ts'
import { runCommand } from '../../src/cli/main.ts'
import { COMMON, INPUT, LIMITS, QUEUE } from '../../src/cli/shared-options.ts'
import { CarrierError, DataError, ReaderGone, TimedOut, UsageError } from '../../src/errors.ts'
import { startScript } from '../support/script.ts'

const PLACE: Positional = { name: 'PLACE', summary: 'where', many: true }

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const

function commandThat(act: (context: Context) => void | Promise<void>, positionals: readonly Positional[] = [PLACE]) {
  return defineCommand({
    name: 'probe',
    summary: 'look closely',
    description: [],
    positionals,
    options: [...COMMON, ...LIMITS, ...INPUT, ...QUEUE],
    examples: [],
    filter: true,
    run: async context => act(context),
  })
}

/** Runs the command within this process, and gives the exit code and what was said on stderr. */
const outcome = (t: Test, act: (context: Context) => void | Promise<void>, ...words: string[]) =>
  outcomeOf(t, commandThat(act), words)

async function outcomeOf(t: Test, command: Command, words: readonly string[]) {
  const before = new Map(SIGNALS.map(signal => [signal, process.listeners(signal)]))
  const written = t.capture(process.stderr, 'write', () => true)
  try {
    const code = await runCommand(command, ['--in=-', ...words])
    const said = written().map(({ args }) => String(args[0]))
    return { code, said: said.join('') }
  } finally {
    written.restore()
    for (const signal of SIGNALS)
      for (const listener of process.listeners(signal))
        if (!before.get(signal)?.includes(listener)) process.off(signal, listener)
  }
}

t.test('a command that returns is done, and silent', async t => {
  t.same(await outcome(t, () => {}), { code: 0, said: '' })
})

t.test('a command gets its values, its name and the surroundings of its carriers', async t => {
  let seen: Context | undefined
  const see = (context: Context) => {
    seen = context
  }
  await outcome(t, see, '-n', '5', '--policy', 'latest', '--buffer=7', 'here')
  t.match(seen, { command: 'probe', positionals: ['here'], values: { count: 5 } })
  t.match(seen?.carrier, { policy: 'latest', buffer: 7 })
  t.equal(seen?.carrier.ledger, seen?.ledger)
  t.equal(seen?.carrier.stop, seen?.stop.signal)
})

t.test('each error is one line and its exit code; a reader that went away is not worth a word', async t => {
  const failing = (error: unknown) => () => {
    throw error
  }
  const cases: readonly [unknown, number, string][] = [
    [new DataError({ source: 'x', line: 3 }, 'cut'), 1, 'probe: x:3: cut\n'],
    [new CarrierError('tcp://h:1', 'connection refused'), 1, 'probe: tcp://h:1: connection refused\n'],
    [new UsageError('no such thing'), 2, "probe: no such thing\nTry 'probe --help'.\n"],
    [new TimedOut('timed out after 5s'), 124, 'probe: timed out after 5s\n'],
    [new ReaderGone(), 141, ''],
    ['only words', 1, 'probe: only words\n'],
  ]
  for (const [error, code, said] of cases) t.same(await outcome(t, failing(error)), { code, said })
  const { code, said } = await outcome(t, failing(new ReaderGone()), '-q')
  t.same([code, said], [141, ''])
})

t.test('an error is said even when quiet, and with its stack when verbose', async t => {
  const fail = () => {
    throw new CarrierError('x', 'broken')
  }
  t.match(await outcome(t, fail, '-q'), { code: 1, said: 'probe: x: broken\n' })
  t.match((await outcome(t, fail, '-v')).said, /^probe: CarrierError: x: broken\n +at /)
})

t.test('losses make exit code 3 and a summary that counts them; quiet leaves the code', async t => {
  const lose = ({ ledger }: Context) => {
    ledger.stage('input').in = 9
    ledger.stage('input').drop('overflow', 2)
  }
  t.same(await outcome(t, lose), { code: 3, said: 'probe: input: 9 in, 2 dropped (2 overflow)\n' })
  t.same(await outcome(t, lose, '-q'), { code: 3, said: '' })
})

t.test('what was lost before a timeout is counted, too', async t => {
  const late = ({ ledger }: Context) => {
    ledger.stage('input').reject('cut')
    throw new TimedOut('timed out after 5s')
  }
  t.same(await outcome(t, late), {
    code: 124,
    said: 'probe: timed out after 5s\nprobe: input: 1 rejected (1 cut)\n',
  })
})

t.test('a failure weighs more than losses', async t => {
  const both = ({ ledger }: Context) => {
    ledger.stage('input').drop('overflow')
    throw new CarrierError('x', 'broken')
  }
  t.equal((await outcome(t, both)).code, 1)
})

t.test('what is rejected is named, counted and kept; strict stops there', async t => {
  const file = join(t.testdir(), 'kept')
  let went = 0
  const act = ({ reject }: Context) => {
    reject({ place: { source: '-', line: 2, offset: 8 }, reason: 'invalid JSON', bytes: Buffer.from('{') })
    went++
  }
  const { code, said } = await outcome(t, act, '--reject', file)
  t.equal(code, 3)
  t.equal(said, 'probe: -:2 (byte 8): rejected: invalid JSON\nprobe: input: 1 rejected (1 invalid JSON)\n')
  t.equal(readFileSync(file, 'utf8'), '{\n')
  t.same(await outcome(t, act, '--strict'), { code: 1, said: 'probe: -:2 (byte 8): invalid JSON\n' })
  t.equal(went, 1)
})

t.test('a warning, a word and an explanation: quiet silences, verbose adds', async t => {
  const talk = ({ warn, inform, explain }: Context) => {
    warn('w')
    inform('i')
    explain('e')
  }
  t.equal((await outcome(t, talk)).said, 'probe: w\nprobe: i\n')
  t.equal((await outcome(t, talk, '-q')).said, '')
  t.match((await outcome(t, talk, '-v')).said, /^probe: w\nprobe: i\nprobe: e\n/)
})

t.test('statistics are printed at their interval and once more at the end', async t => {
  const { said } = await outcome(t, () => new Promise(resolve => setTimeout(resolve, 250)), '--stats=50ms')
  const lines = said.trim().split('\n')
  t.ok(lines.length >= 3, `${lines.length} lines`)
  for (const line of lines) t.match(JSON.parse(line), { stats: { command: 'probe', pid: process.pid } })
})

t.test('HUP reaches who asked for it until it is taken back, then stops', async t => {
  const calls: string[] = []
  await outcome(t, async ({ carrier, stop }) => {
    const takeBack = carrier.onHangup(() => calls.push('reopened'))
    process.emit('SIGHUP', 'SIGHUP')
    calls.push(`stopped ${stop.signal.aborted}`)
    takeBack()
    process.emit('SIGHUP', 'SIGHUP')
    calls.push(`stopped ${stop.signal.aborted}`)
  })
  t.same(calls, ['reopened', 'stopped false', 'stopped true'])
})

t.test('a wrong option never starts the command', async t => {
  let started = false
  const start = () => {
    started = true
  }
  const { code, said } = await outcome(t, start, '--cuont=5')
  t.notOk(started)
  t.same([code, said], [2, "probe: unknown option --cuont: did you mean --count?\nTry 'probe --help'.\n"])
})

t.test('an argument nobody would read, or one that is missing, is wrong usage', async t => {
  const run = (positionals: readonly Positional[], ...words: string[]) =>
    outcomeOf(
      t,
      commandThat(() => {}, positionals),
      words,
    )
  const usage = (message: string) => ({ code: 2, said: `probe: ${message}\nTry 'probe --help'.\n` })
  const one: Positional = { name: 'FILE', summary: '', required: true }
  t.same(await run([], 'a.csv'), usage("unexpected 'a.csv': expected options only"))
  t.same(await run([one], 'a.csv', 'b.csv'), usage("unexpected 'b.csv': expected FILE and options only"))
  t.same(await run([one]), usage('no FILE given'))
  t.same(await run([one], 'a.csv'), { code: 0, said: '' })
  t.same(await run([{ ...one, many: true }], 'a.csv', 'b.csv'), { code: 0, said: '' })
})

t.test('a config file that is not there is named', async t => {
  const { code, said } = await outcome(t, () => {}, '--config', '/nowhere/c.json')
  t.same([code, said], [1, 'probe: /nowhere/c.json: no such file or directory\n'])
})

const program = (act: string) => `
import { main } from 'src/cli/main.ts'
import { COMMON } from 'src/cli/shared-options.ts'
await main({ name: 'probe', summary: 'look closely', description: [], positionals: [], options: [...COMMON],
  examples: [], filter: false, run: async context => { ${act} } })
`

t.test('as a process: version and help go to stdout, also beside a wrong option', async t => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  for (const words of [['--version'], ['-V'], ['-v', '-V']])
    t.same(await startScript(program(''), words).ended(), { code: 0, text: `probe ${version}\n` })
  for (const words of [['-h'], ['--wrong', '--help']]) {
    const { code, text } = await startScript(program(''), words).ended()
    t.equal(code, 0)
    t.match(text, /^probe \[options\]\n\nlook closely\n/)
  }
})

t.test('as a process: a timeout ends it even when the sink takes nothing more', async t => {
  const stuck = startScript(
    program(`context.stop.abort('timeout'); await new Promise(r => setInterval(r, 1e9))
    await new Promise(() => {})`),
  )
  t.match(await stuck.ended(), { code: 124, text: /timed out, and for 2s/ })
})

t.test('as a process: what a command leaves open does not keep it alive', async t => {
  t.match(await startScript(program('setInterval(() => {}, 1e6)')).ended(), { code: 0, text: '' })
})

t.test('as a process: a reader of help or of stderr that went away is survived', async t => {
  const help = startScript(program(''), ['--help'])
  help.child.stdout?.destroy()
  t.match(await help.ended(), { code: 141, text: '' })
  const talk = startScript(program(`context.warn('a'); await new Promise(r => setTimeout(r, 50)); context.warn('b')`))
  talk.child.stderr?.destroy()
  t.match(await talk.ended(), { code: 0 })
})
