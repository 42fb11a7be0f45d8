import t from 'tap'
import type { Option } from '../../src/cli/option.ts'
import { distance, parseCommandLine } from '../../src/cli/parse.ts'
import { UsageError } from '../../src/errors.ts'

const OPTIONS = [
  { name: 'count', short: 'n', kind: 'count', summary: '' },
  { name: 'in', short: 'i', kind: 'text', many: true, summary: '' },
  { name: 'strict', kind: 'flag', summary: '' },
  { name: 'verbose', short: 'v', kind: 'flag', summary: '' },
  { name: 'policy', kind: 'choice', choices: ['block', 'latest'], default: 'block', summary: '' },
  { name: 'stats', kind: 'duration', bare: '5s', summary: '' },
  { name: 'config', kind: 'text', summary: '' },
] as const satisfies readonly Option[]

const parse = (words: string[], environment: Record<string, string> = {}, files: Record<string, string> = {}) =>
  parseCommandLine('repack', OPTIONS, words, {
    environment,
    readFile: path => {
      const text = files[path]
      if (text === undefined) throw new Error(`no ${path}`)
      return text
    },
  })

t.test('options are read in every usual spelling', async t => {
  const { values, positionals } = parse(['-n', '5', '-i', 'a', '--in=b', '--in', '-', '-v', 'csv:x', '--strict', '-'])
  t.same([values.count, values.in, values.verbose, values.strict], [5, ['a', 'b', '-'], true, true])
  t.same(positionals, ['csv:x', '-'])
  t.same(parse(['--', '-n']).positionals, ['-n'])
})

t.test('what is not given has its default', async t => {
  t.same(parse([]).values, {
    count: undefined,
    in: [],
    strict: false,
    verbose: false,
    policy: 'block',
    stats: undefined,
    config: undefined,
  })
})

t.test('an option that may stand alone has its bare value', async t => {
  t.equal(parse(['--stats']).values.stats, 5000)
  t.equal(parse(['--stats=1m']).values.stats, 60_000)
  t.same(parse(['--stats', 'x']).positionals, ['x'])
})

t.test('the last of several wins where only one is meant', async t => {
  t.equal(parse(['-n1', '-n', '2']).values.count, 2)
})

t.test('flags come before the environment, the environment before the file', async t => {
  const files = { c: '{"count": 1, "policy": "latest", "repack": {"strict": true}, "log-sink": {"count": 9}}' }
  const all = parse(['-n', '3'], { DAQ_COUNT: '2', DAQ_CONFIG: 'c' }, files).values
  t.same([all.count, all.policy, all.strict], [3, 'latest', true])
  t.equal(parse([], { DAQ_COUNT: '2' }).values.count, 2)
  t.equal(parse(['--config', 'c'], {}, files).values.count, 1)
})

t.test('what is wrong is named with what was expected', async t => {
  const wrong: readonly [string[], RegExp][] = [
    [['--cuont', '5'], /unknown option --cuont: did you mean --count\?/],
    [['-x'], /unknown option -x/],
    [['--policy=blokc'], /--policy: 'blokc': expected block, latest/],
    [['-n', 'many'], /--count: 'many' is no number/],
    [['-n'], /no value for/],
    [['--stats=5x'], /--stats: '5x' is no duration/],
  ]
  for (const [words, message] of wrong) t.throws(() => parse(words), { name: 'UsageError', message }, words.join(' '))
  t.throws(() => parse(['--config', 'c'], {}, { c: '[]' }), /c: expected one JSON object/)
  t.throws(() => parse(['--config', 'c'], {}, { c: '{' }), UsageError)
  t.throws(() => parse(['--config', 'c'], {}, { c: '{"cuont": 1}' }), /c: unknown option --cuont: did you mean --count/)
})

t.test('the distance of two words is counted in letters', async t => {
  t.equal(distance('count', 'cuont'), 2)
  t.equal(distance('', 'abc'), 3)
  t.equal(distance('same', 'same'), 0)
})

t.test("a config file of somebody else's making has names of its own", async t => {
  const readFile = () =>
    '{"class_name": "x", "packets": 5, "strictly": "no", "unused": {"a": 1}, "in": ["a", "b"], "count": 7}'
  const configKeys = [
    { name: 'class_name', option: 'policy', word: () => 'latest' },
    { name: 'packets', option: 'count' },
    { name: 'strictly', option: 'strict', word: () => undefined },
    { name: 'unused' },
  ]
  const surroundings = { environment: { DAQ_STRICT: 'yes' }, readFile, configKeys }
  const { values } = parseCommandLine('repack', OPTIONS, ['--config', 'c'], surroundings)
  t.match(values, { policy: 'latest', strict: true, in: ['a', 'b'] })
  t.equal(values.count, 7, "an option's own name comes first")
  t.throws(
    () => parseCommandLine('repack', OPTIONS, ['--config', 'c'], { ...surroundings, configKeys: configKeys.slice(1) }),
    /unknown option --class_name/,
  )
})
