import t from 'tap'
import { EXIT_CODES } from '../../src/cli/exit.ts'
import { helpText, synopsis } from '../../src/cli/help.ts'
import type { Option } from '../../src/cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../../src/cli/shared-options.ts'

const COMMAND = {
  name: 'log-sink',
  summary: 'log packets to stores',
  description: ['A paragraph.'],
  positionals: [{ name: 'STORE', summary: 'where to log', many: true, required: true }],
  options: [...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] satisfies Option[],
  examples: [{ line: 'sensor-sim | log-sink csv:log.csv', summary: 'log five sensors' }],
  filter: true,
} as const

/** The line of an option and those that go on with it, as one. */
const flat = (text: string) => text.replace(/\s+/g, ' ')

t.test('the synopsis shows what is optional and what repeats', async t => {
  const positionals = [
    { name: 'FILE', summary: '' },
    { name: 'STORE', summary: '', many: true, required: true },
  ] as const
  t.equal(synopsis({ name: 'log-sink', positionals }), 'log-sink [options] [FILE] STORE…')
  t.equal(synopsis({ name: 'x', positionals: [{ name: 'URL', summary: '', many: true }] }), 'x [options] [URL…]')
})

t.test('help names the command, what it does, and every option with its letter and summary', async t => {
  const text = await helpText(COMMAND)
  t.match(text, /^log-sink \[options\] STORE…\n/)
  t.match(text, 'log packets to stores')
  for (const option of COMMAND.options) {
    t.ok(new RegExp(`--${option.name}\\b`).test(text), `--${option.name}`)
    if ('short' in option) t.ok(new RegExp(`-${option.short}, --${option.name}\\b`).test(text), `-${option.short}`)
    t.ok(flat(text).includes(option.summary), option.summary)
  }
})

t.test('help shows choices, defaults, positionals and examples', async t => {
  const text = flat(await helpText(COMMAND))
  t.match(
    text,
    /--policy=POLICY [\s\S]*?\[choices: "block", "drop-oldest", "drop-newest", "latest"\]\s+\[default: "block"\]/,
  )
  t.match(text, /where to log/)
  t.match(text, 'sensor-sim | log-sink csv:log.csv log five sensors')
})

t.test('help explains every exit code and where to read on', async t => {
  const text = await helpText(COMMAND)
  for (const { code, meaning } of EXIT_CODES) {
    t.match(text, new RegExp(`^ +${code}  `, 'm'))
    t.ok(flat(text).includes(meaning), meaning)
  }
  t.match(text, 'man log-sink')
})
