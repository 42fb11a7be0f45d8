import t from 'tap'
import { environmentName, parseCommandLine } from '../../src/cli/parse.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../../src/cli/shared-options.ts'

const ALL = [...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] as const
const parse = (...words: string[]) =>
  parseCommandLine('repack', ALL, words, { environment: {}, readFile: () => '' }).values

t.test('no two options share a name, a letter or a variable', async t => {
  const letters = ALL.flatMap(option => ('short' in option ? [option.short] : []))
  t.equal(new Set(letters).size, letters.length)
  t.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length)
  t.equal(new Set(ALL.map(environmentName)).size, ALL.length)
})

t.test('every default is a value that its own option would accept', async t => {
  t.doesNotThrow(() => parse())
  t.match(parse(), { from: 'auto', to: 'auto', policy: 'block', buffer: 1024, 'max-packet': 2 ** 30, data: 'base64' })
})

t.test('values have the units that the commands count in', async t => {
  const values = parse('--idle-timeout=1m30s', '--chunk', '64KiB', '--sample-rate', '2.4M', '-n', '1k', '--stats')
  t.match(values, { 'idle-timeout': 90_000, chunk: 65_536, 'sample-rate': 2.4e6, count: 1000, stats: 5000 })
})

t.test('what the summary of an option promises is short enough for a line of help', async t => {
  for (const { name, summary } of ALL) t.ok(summary.length <= 100 && /^[a-z]/.test(summary), name)
})
