// Every golden case in fixtures/cases. `DAQ_WRITE_CASES=1` rewrites what came out, to be reviewed as a diff.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, ROOT, runLine } from '../support/cases.ts'
import { noSqlite } from '../support/sqlite.ts'

const CASES = join(ROOT, 'fixtures/cases')
const rewrite = process.env['DAQ_WRITE_CASES'] === '1'
t.jobs = 2
t.setTimeout(240_000)

for (const command of readdirSync(CASES)) {
  for (const name of readdirSync(join(CASES, command))) {
    const skip = /sqlite/.test(readFileSync(join(CASES, command, name, 'cmd'), 'utf8')) && noSqlite
    t.test(`${command}: ${name.replaceAll('-', ' ')}`, { skip }, async t => {
      const at = (file: string) => join(CASES, command, name, file)
      const read = (file: string) => (existsSync(at(file)) ? readFileSync(at(file)) : Buffer.alloc(0))
      const folder = t.testdir({})
      const line = readFileSync(at('cmd'), 'utf8')
        .trim()
        .replaceAll('$CASE', join(CASES, command, name))
      const outcome = await runLine(line, commandFolder(folder), { folder, input: read('in') })
      const stderr = outcome.stderr.replaceAll(join(CASES, command, name), '$CASE').replaceAll(folder, '$FOLDER')
      if (rewrite) {
        const write = (file: string, content: string | Buffer) =>
          content.length > 0 ? writeFileSync(at(file), content) : rmSync(at(file), { force: true })
        write('out', outcome.stdout)
        write('err', stderr)
        write('code', `${outcome.code}\n`)
        return
      }
      t.equal(outcome.stdout.toString('latin1'), read('out').toString('latin1'), 'stdout')
      t.equal(stderr, read('err').toString(), 'stderr')
      t.equal(outcome.code, Number(read('code').toString() || 0), 'exit code')
    })
  }
}
