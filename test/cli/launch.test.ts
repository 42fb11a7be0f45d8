import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs'
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

t.test('the version is answered before the bundle is even read', async t => {
  rmSync(join(folder, 'dist/repack.cjs'))
  const child = spawnSync(process.execPath, [join(folder, 'bin/repack.cjs'), '--version'], { encoding: 'utf8' })
  t.same([child.status, child.stderr], [0, ''])
  t.match(child.stdout, /^repack \d+\.\d+\.\d+/)
})

t.test('what becomes of it is told', { skip: existsSync('/dev/full') ? false : 'skipped: no /dev/full' }, async t => {
  const full = openSync('/dev/full', 'w')
  const words = [join(ROOT, 'bin/repack.cjs'), '--version']
  const child = spawnSync(process.execPath, words, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' })
  t.same([child.status, child.stderr], [1, 'repack: cannot write to stdout: no space left on device\n'])
})

t.test('a start does without the modules of Node that it does not use', async t => {
  const told = join(folder, 'tell.cjs')
  writeFileSync(told, "process.on('exit', () => console.error(JSON.stringify(process.moduleLoadList)))")
  const input = join(folder, 'input')
  writeFileSync(input, '{"a":1}\n')
  const commands = { repack: [], fft: [], vrt: [], 'log-sink': ['-q', join(folder, 'log.csv')] }
  for (const [name, options] of Object.entries(commands)) {
    const command = join(ROOT, 'bin', `${name}.cjs`)
    // Without what the tests load into every Node.
    const words = [
      '-c',
      'unset NODE_OPTIONS; exec "$@"',
      'sh',
      process.execPath,
      '--require',
      told,
      command,
      ...options,
    ]
    const stdio = [openSync(input, 'r'), openSync(join(folder, 'output'), 'w'), 'pipe'] as const
    const { stderr } = spawnSync('sh', words, { stdio: [...stdio], encoding: 'utf8' })
    const loaded: readonly string[] = JSON.parse(stderr.split('\n').at(-2) ?? '')
    const seldom = ['child_process', 'crypto', 'http', 'https', 'net', 'readline', 'tls', 'zlib']
    t.same(
      seldom.filter(module => loaded.includes(`NativeModule ${module}`)),
      [],
      name,
    )
  }
})
