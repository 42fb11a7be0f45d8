import t from 'tap'
import { COMMANDS } from '../../src/commands/index.ts'

t.test('each command is there under its name, with the summary of its table', async t => {
  for (const { name, summary, table } of COMMANDS) {
    const command = await table()
    t.same([command.name, command.summary], [name, summary])
    const options = command.options.map(option => option.name)
    t.same(options, [...new Set(options)], `${name}: no option twice`)
    const shorts = command.options.flatMap(option => option.short ?? [])
    t.same(shorts, [...new Set(shorts)], `${name}: no letter twice`)
    for (const option of command.options) {
      t.match(option.summary, /^[a-z0-9].*[^.]$/, `${name} --${option.name}: a phrase, no sentence`)
      t.ok(option.kind === 'flag' || option.argument, `${name} --${option.name}: its value has a name`)
    }
  }
})

t.test('an option that several commands have means the same in each', async t => {
  const seen = new Map<string, string>()
  for (const { table } of COMMANDS) {
    for (const { name, short = '', kind } of (await table()).options) {
      const meaning = `${kind} ${short}`
      t.equal(seen.get(name) ?? meaning, meaning, name)
      seen.set(name, meaning)
    }
  }
})
