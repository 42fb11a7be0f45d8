// The tree's rules: layers, cycles, what may use process, the length of files, a mirror test for each.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const ROOT = new URL('..', import.meta.url).pathname

const LAYERS: Readonly<Record<string, number>> = {
  stream: 1,
  codec: 2,
  chart: 2,
  dsp: 2,
  filter: 2,
  probe: 2,
  topic: 2,
  zmtp: 2,
  carrier: 3,
  journal: 3,
  bus: 4,
  instrument: 4,
  page: 4,
  store: 4,
  sensor: 4,
  valkyrie: 4,
  cli: 5,
  commands: 6,
  'docs.ts': 7,
  'index.ts': 7,
  'library.ts': 7,
}

/** Outside of cli/, what is at the edge of a process: the standard streams, a sensor's own process. */
const PROCESSES = ['src/carrier/stdio.ts', 'src/sensor/process.ts']

/** Longer than 250 lines, with the reason. */
const LONG: Readonly<Record<string, string>> = {}

const files = [...listFiles('src')].map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

function* listFiles(folder: string): Generator<string> {
  for (const path of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
    if (path.endsWith('.ts')) yield join(folder, path)
  }
}

function layer(path: string): number {
  return LAYERS[path.split('/')[1] ?? ''] ?? 0
}

function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)
  return [...found].map(match => normalize(join(dirname(path), match[1] ?? '')))
}

t.test('imports go down the layers', async t => {
  const upward = files.flatMap(({ path, text }) =>
    importsOf(path, text)
      .filter(target => layer(target) > layer(path))
      .map(target => `${path} → ${target}`),
  )
  t.same(upward, [])
})

t.test('there are no cycles', async t => {
  const graph = new Map(
    files.map(({ path, text }) => [
      path,
      importsOf(path, text.replace(/import type [^\n]*|\btype \{[^}]*\} from '[^']*'/g, '')),
    ]),
  )
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
    if (done.has(path)) return []
    for (const target of graph.get(path) ?? []) {
      const cycle = visit(target, [...trail, path])
      if (cycle.length > 0) return cycle
    }
    done.add(path)
    return []
  }
  t.same(
    [...graph.keys()].map(path => visit(path, [])).filter(cycle => cycle.length > 0),
    [],
  )
})

t.test('process, yargs and exit codes are known to cli/ alone, console to nobody', async t => {
  const known = files.flatMap(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
    const isEdge = layer(path) === 5 || PROCESSES.includes(path)
    const process = isEdge ? null : /\bprocess\.(?:exit|argv|env|std|on\b)|from 'yargs/.exec(code)
    const never = /\bconsole\.|(?::|\bas) any\b|@ts-ignore|@ts-expect-error/.exec(code)
    return [process, never].flatMap(found => (found ? [`${path}: ${found[0]}`] : []))
  })
  t.same(known, [])
})

t.test('a file says what it is, and stays short enough to be one idea', async t => {
  const wrong = files.flatMap(({ path, text }) => {
    const length = text.split('\n').length - 1
    return [
      ...(/^\/\/ \S/.test(text) ? [] : [`${path} does not begin with a comment`]),
      ...(length <= 250 || path in LONG ? [] : [`${path} has ${length} lines`]),
      ...(/\/(?:utils?|helpers?|common|misc)\b/.test(path) ? [`${path} has a name that says nothing`] : []),
    ]
  })
  t.same(wrong, [])
})

t.test('each file with code has its mirror test, or is covered by the test of its room', async t => {
  const alone = files.flatMap(({ path, text }) => {
    const onlyTypes = !/^export (?:async )?(?:function|const|class)/m.test(text)
    const mirror = path.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts')
    const room = `${dirname(path).replace(/^src/, 'test')}/index.test.ts`
    return onlyTypes || existsSync(join(ROOT, mirror)) || existsSync(join(ROOT, room)) ? [] : [`${path} → ${mirror}`]
  })
  t.same(alone, [])
})
