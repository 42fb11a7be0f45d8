import t from 'tap'
import { completionScript } from '../../../src/cli/docs/completion.ts'
import { type CommandTable, manPage } from '../../../src/cli/docs/man.ts'
import { readmeBlocks, replaceBlocks } from '../../../src/cli/docs/readme.ts'

const table: CommandTable = {
  name: 'probe-it',
  summary: "say what's there",
  description: ['First.'],
  positionals: [{ name: 'FILE', summary: 'what to look at', many: true }],
  options: [
    { name: 'in', short: 'i', kind: 'text', argument: 'URL', many: true, summary: 'read from here' },
    { name: 'level', kind: 'choice', choices: ['low', 'high'], default: 'low', argument: 'LEVEL', summary: 'how much' },
    { name: 'stats', kind: 'duration', bare: '5s', argument: 'EVERY', summary: 'print statistics' },
  ],
  topics: [{ title: 'Levels', text: ['There are two.'], terms: [['low', 'a little']] }],
  examples: [{ summary: 'Look', line: "probe-it 'a file'" }],
  seeAlso: ['repack(1)'],
  filter: false,
}

t.test('a page has every option, topic, example, endpoint and exit code', async t => {
  const page = manPage(table, '1.2.3')
  for (const part of [
    '.TH PROBE-IT 1 "" "daqutils 1.2.3"',
    '\\fB\\-i\\fR, \\fB\\-\\-in\\fR=\\fIURL\\fR',
    'One of low, high. Default low. [DAQ_LEVEL]',
    '\\fB\\-\\-stats\\fR[=\\fIEVERY\\fR]',
    'Alone it means 5s.',
    '.SH LEVELS',
    '.SH ENDPOINTS',
    'daqutils\\-endpoints(7)',
    '.SH EXIT STATUS',
    '.SH SIGNALS',
    '.SH ENVIRONMENT',
    "probe\\-it 'a file'",
    '\\fB\\%repack(1)\\fR',
  ]) {
    t.ok(page.includes(part), part)
  }
})

t.test('a command without endpoints has no section about them', async t => {
  const page = manPage({ ...table, options: [] }, '1')
  t.notMatch(page, '.SH ENDPOINTS')
  t.notMatch(page, /endpoints\(7\)/)
})

t.test('completions quote what a shell would read', async t => {
  t.match(completionScript('bash', [table]), "--level) COMPREPLY=($(compgen -W 'low high'")
  t.match(completionScript('zsh', [table]), "'--level=[how much]:LEVEL:(low high)'")
  t.match(
    completionScript('fish', [table]),
    "complete -c daqutils -n __fish_use_subcommand -f -a probe-it -d 'say what\\'s there'",
  )
  t.throws(() => completionScript('tcsh', [table]), /expected bash, zsh, fish/)
})

t.test('only the named blocks of the README are replaced', async t => {
  const readme = 'a\n<!-- commands -->\nold\n<!-- /commands -->\nb\n<!-- strange -->\nkept\n<!-- /strange -->\n'
  const text = replaceBlocks(readme, readmeBlocks([table]))
  t.match(text, "| `probe-it` | say what's there |")
  t.match(text, 'kept')
  t.notMatch(text, 'old')
  t.equal(replaceBlocks(text, readmeBlocks([table])), text, 'a second time changes nothing')
})
