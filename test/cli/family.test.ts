import t from 'tap'
import { familyTable, verbOf } from '../../src/cli/family.ts'
import { broker } from '../../src/commands/broker.ts'
import { commandFolder, runLine } from '../support/cases.ts'

const folder = t.testdir({})
const commands = commandFolder(folder)
const run = (line: string) => runLine(line, commands, { folder })

t.test('a verb is a command of its own, by whichever way it is called', async t => {
  for (const name of ['broker', 'daqutils broker']) {
    const help = await run(`${name} sub --help`)
    t.same([help.code, help.stderr], [0, ''])
    t.match(help.stdout.toString(), /^broker sub \[options\] PATTERN…/)
    const wrong = await run(`${name} sub`)
    t.same([wrong.code, wrong.stderr], [2, "broker sub: no PATTERN given\nTry 'broker sub --help'.\n"])
  }
})

t.test('it says what its verbs are, and which one was meant', async t => {
  const help = await run('broker --help')
  t.equal(help.code, 0)
  for (const verb of broker.verbs) t.match(help.stdout.toString(), `${verb.name} `)
  t.match((await run('broker --version')).stdout.toString(), /^broker \d/)
  const none = await run('broker')
  t.same(
    [none.code, none.stderr.split('\n')[0]],
    [2, `broker: do what? Expected ${broker.verbs.map(verbOf).join(', ')}`],
  )
  t.match(await run('broker pubb'), { code: 2, stderr: /did you mean pub\?/ })
})

t.test('its page names every verb', async t => {
  const { topics = [], seeAlso = [] } = familyTable(broker)
  t.same(
    topics[0]?.terms?.map(([name]) => name),
    broker.verbs.map(({ name }) => name),
  )
  for (const { name } of broker.verbs) t.ok(seeAlso.includes(`${name.replace(' ', '-')}(1)`), name)
})

t.test('the summary of a verb is the one of its table', async t => {
  for (const { name, summary, table } of broker.verbs) {
    const command = await table()
    t.same([command.name, command.summary], [name, summary])
    const options = command.options.map(option => option.name)
    t.same(options, [...new Set(options)], `${name}: no option twice`)
  }
})

t.test('verbs and their options are completed', async t => {
  const complete = async (words: string, name: string) => {
    const line = `source <(daqutils completion bash); COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _${name}; echo "\${COMPREPLY[*]}"`
    return (await run(line)).stdout.toString().trim()
  }
  t.equal(await complete('broker ser', 'broker'), 'serve')
  t.equal(await complete('broker sub --polic', 'broker'), '--policy')
  t.equal(await complete('daqutils broker sub --policy la', 'daqutils'), 'latest')
  t.equal(await complete('daqutils bro', 'daqutils'), 'broker')
})
