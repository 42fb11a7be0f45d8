import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../support/cases.ts'

const folder = t.testdir({ bin: {}, dist: {} })
for (const name of ['launch.cjs', 'repack.cjs']) cpSync(join(ROOT, 'dist', name), join(folder, 'dist', name))
cpSync(join(ROOT, 'bin/repack.cjs'), join(folder, 'bin/repack.cjs'))
const code = join(folder, 'dist/repack.code')

const repack = (environment: Record<string, string> = {}) => {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawnSync(process.execPath, [join(folder, 'bin/repack.cjs')], {
    input: '{"a":1}\nbad\n',
    env: { ...env, ...environment },
    encoding: 'utf8',
  })
  return [child.status, child.stdout]
}

t.test('a bundle runs without its compiled form, with it, and with one that does not fit', async t => {
  t.same(repack(), [3, '{"a":1}\n'])
  t.notOk(existsSync(code), 'a plain run leaves nothing behind')
  t.same(repack({ DAQUTILS_KEEP_CODE: '1' }), [3, '{"a":1}\n'])
  t.ok(existsSync(code))
  t.same(repack(), [3, '{"a":1}\n'])
  writeFileSync(code, 'of another version')
  t.same(repack(), [3, '{"a":1}\n'])
  rmSync(code)
})
