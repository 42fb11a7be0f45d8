import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

const folder = t.testdir({})
const commands = commandFolder(folder)
const run = (line: string) => runLine(line, commands, { folder })

t.test('a command is run by its name, with its own exit code', async t => {
  const good = await run(`printf '{"a":1}\\n' | daqutils repack`)
  t.same([good.code, good.stdout.toString()], [0, '{"a":1}\n'])
  t.equal((await run('daqutils repack --from nothing')).code, 2)
})

t.test('without a command it says what there is', async t => {
  const help = await run('daqutils --help')
  t.equal(help.code, 0)
  for (const name of ['sensor-sim', 'log-sink', 'log-source', 'repack', 'verify', 'completion']) {
    t.match(help.stdout.toString(), name)
  }
  t.same([(await run('daqutils')).code, (await run('daqutils --version')).code], [2, 0])
})

t.test('an unknown command is wrong usage, and a near one is named', async t => {
  const { code, stderr } = await run('daqutils repak')
  t.equal(code, 2)
  t.match(stderr, /'repak' is no command: did you mean repack\?/)
})

t.test('completions are printed for each shell and for no other', async t => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await run(`daqutils completion ${shell}`)
    t.equal(code, 0)
    t.match(stdout.toString(), 'log-sink', shell)
  }
  t.equal((await run('daqutils completion tcsh')).code, 2)
})

t.test('bash completes options, choices and commands', async t => {
  const complete = async (words: string, name: string) => {
    const line = `source <(daqutils completion bash); COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _${name}; echo "\${COMPREPLY[*]}"`
    return (await run(line)).stdout.toString().trim()
  }
  t.equal(await complete('repack --poli', 'repack'), '--policy')
  t.equal(await complete('repack --policy dr', 'repack'), 'drop-oldest drop-newest')
  t.equal(await complete('daqutils ver', 'daqutils'), 'verify')
})
