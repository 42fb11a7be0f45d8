// The manual: nothing generated is stale, every page is clean roff, every example runs.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { allTables } from '../src/cli/dispatch.ts'
import { COMMANDS } from '../src/commands/index.ts'
import { generatedFiles, writeDocs } from '../src/docs.ts'
import { commandFolder, ROOT, runLine } from './support/cases.ts'
import { withFreePorts } from './support/port.ts'
import { noSqlite } from './support/sqlite.ts'

t.setTimeout(240_000)

const read = (path: string) => (existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '')
const tables = await allTables(COMMANDS)

t.test('nothing generated is stale: if this fails, run npm run docs', async t => {
  for (const [path, text] of await generatedFiles(read('README.md'))) t.equal(read(path), text, path)
})

t.test('what is generated is written where it belongs, and the words around a block stay', async t => {
  const folder = t.testdir({ 'README.md': 'Before.\n<!-- commands -->\nold\n<!-- /commands -->\nAfter.\n', man: {} })
  await writeDocs(pathToFileURL(`${folder}/`))
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  t.match(readme, /^Before\.\n<!-- commands -->\n\| command \|[\s\S]*\n<!-- \/commands -->\nAfter\.\n$/)
  t.notMatch(readme, 'old')
  for (const { name } of COMMANDS) {
    t.equal(readFileSync(join(folder, `man/${name}.1`), 'utf8'), read(`man/${name}.1`), name)
  }
  const page = 'man/daqutils-endpoints.7'
  t.equal(readFileSync(join(folder, page), 'utf8'), read(page), page)
})

t.test('the package names every command, its launcher and its page', async t => {
  const { bin, man } = JSON.parse(read('package.json'))
  const names = [...COMMANDS.map(entry => entry.name), 'daqutils']
  t.same(Object.keys(bin).sort(), names.sort())
  t.same(
    [...man].sort(),
    readdirSync(join(ROOT, 'man'))
      .filter(name => /\.\d$/.test(name))
      .map(name => `man/${name}`)
      .sort(),
  )
  for (const path of Object.values<string>(bin))
    t.match(read(path), /^#!\/usr\/bin\/env node\nrequire\('..\/dist\/launch.cjs'\).launch\('[^']+'\)\n$/, path)
})

t.test('the summary of the overview is the one of the command', async t => {
  for (const entry of COMMANDS) t.equal(entry.summary, (await entry.table()).summary, entry.name)
})

t.test('every page is clean roff', async t => {
  try {
    execFileSync('groff', ['--version'], { stdio: 'ignore' })
  } catch {
    return t.comment('groff is not here: the pages are not checked')
  }
  for (const name of readdirSync(join(ROOT, 'man')).filter(name => /\.\d$/.test(name))) {
    const warnings = execFileSync('bash', ['--norc', '-c', `groff -man -Tutf8 -K utf8 -ww -z man/${name} 2>&1`], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    t.equal(warnings, '', name)
  }
})

t.test('every option of a command that an example uses exists', async t => {
  for (const { name, options, examples } of tables) {
    const known = new Set(tables.flatMap(table => table.options.map(option => `--${option.name}`)))
    t.ok(examples.length > 0, `${name} has examples`)
    for (const { line } of examples) {
      const ours = line.replace(/\bcurl [^&|]*/g, '')
      for (const word of ours.match(/(?<=\s)--[a-z-]+/g) ?? []) t.ok(known.has(word), `${line}: ${word}`)
    }
    t.ok(options.length > 0)
  }
})

t.test('every example runs', async t => {
  t.jobs = 2
  for (const { name, examples } of tables) {
    for (const { summary, line, needs, code = 0 } of examples) {
      const unset = needs !== undefined && !process.env[needs] ? `${needs} is not set` : false
      const skip = unset || (line.includes('sqlite') && noSqlite)
      t.test(`${name}: ${summary}`, { skip }, async t => {
        const folder = t.testdir({})
        const own = await withFreePorts(line)
        const outcome = await runLine(own, commandFolder(join(folder, '.bin')), { folder })
        t.equal(outcome.code, code, `${own}\n${outcome.stderr}`)
      })
    }
  }
})
