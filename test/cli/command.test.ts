import t from 'tap'
import { defineCommand } from '../../src/cli/command.ts'

t.test('a command knows the values of its own options by name and type', async t => {
  let seen: readonly unknown[] = []
  const command = defineCommand({
    name: 'sample',
    summary: 'take samples',
    description: [],
    positionals: [],
    options: [
      { name: 'rate', kind: 'number', default: '1', summary: '' },
      { name: 'in', kind: 'text', many: true, summary: '' },
    ],
    examples: [],
    filter: false,
    async run({ values }) {
      const rate: number = values.rate
      const inputs: readonly string[] = values.in
      seen = [rate, inputs]
    },
  })
  const { parseCommandLine } = await import('../../src/cli/parse.ts')
  const { values } = parseCommandLine(command.name, command.options, ['--in', 'a'], {
    environment: {},
    readFile: () => '',
  })
  const ledger = new (await import('../../src/stream/ledger.ts')).Ledger()
  const stop = new AbortController()
  const nothing = () => {}
  await command.run({
    command: command.name,
    values,
    positionals: [],
    ledger,
    stop,
    carrier: { stop: stop.signal, ledger, warn: nothing, onHangup: () => nothing, policy: 'block', buffer: 1 },
    reject: nothing,
    warn: nothing,
    explain: nothing,
    inform: nothing,
    terminal: undefined,
  })
  t.same(seen, [1, ['a']])
})
