// The package as a user has it: packed, installed into an empty prefix, used from there.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../support/cases.ts'

const prefix = t.testdir({})
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
const run = (command: string, ...words: string[]) =>
  execFileSync(command, words, { cwd: prefix, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

const [packed]: Packed[] = JSON.parse(
  run('npm', 'pack', ROOT, '--json', '--ignore-scripts', '--pack-destination', prefix),
)
if (!packed) throw new Error('npm pack made nothing')

// The tarball's own files, linked to the dependencies that are here already: installing must not need a network.
const home = join(prefix, 'lib/node_modules/daqutils')
mkdirSync(home, { recursive: true })
run('tar', 'xzf', join(prefix, packed.filename), '--strip-components=1', '-C', home)

t.test('nothing is in the tarball that a user does not need', async t => {
  const strange = packed.files
    .map(file => file.path)
    .filter(path => !/^(?:bin|dist|man)\/|^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path))
  t.same(strange, [])
  t.notOk(packed.files.some(file => /\.test\.|\.map$|fixtures|src\//.test(file.path)))
  // The font of PNG pictures is 0.4 MB of it.
  t.ok(packed.size < 3_400_000, `${packed.size} bytes`)
})

t.test('every command runs from the tarball and tells its version', async t => {
  const { bin, version } = JSON.parse(run('cat', join(home, 'package.json')))
  for (const [name, path] of Object.entries<string>(bin)) {
    t.equal(run(process.execPath, join(home, path), '--version'), `${name} ${version}\n`)
    t.match(run(process.execPath, join(home, path), '--help'), /Exit codes|COMMAND/, name)
  }
})

t.test('the main job runs from the tarball', async t => {
  const [sensors, sink] = ['sensor-sim', 'log-sink'].map(
    name => `'${process.execPath}' '${join(home, 'bin', name)}.cjs'`,
  )
  const line = `${sensors} -n 10 --interval 10ms | ${sink} -q csv:'${prefix}/log.csv'`
  t.equal(spawnSync('bash', ['--norc', '-o', 'pipefail', '-c', line], { env }).status, 0)
  t.equal(run('wc', '-l', join(prefix, 'log.csv')).split(' ')[0], '11')
})

t.test('man finds the pages', async t => {
  if (spawnSync('man', ['--version']).error) return t.comment('man is not here')
  const { man }: { man: readonly string[] } = JSON.parse(run('cat', join(home, 'package.json')))
  for (const path of man) {
    const [, name = '', number = ''] = /([^/]+)\.(\d)$/.exec(path) ?? []
    const folder = join(prefix, `share/man/man${number}`)
    mkdirSync(folder, { recursive: true })
    run('cp', join(home, path), folder)
    const text = execFileSync('man', ['-M', join(prefix, 'share/man'), number, name], {
      env: { ...env, MANPAGER: 'cat', MANWIDTH: '100' },
      encoding: 'utf8',
    })
    t.match(text, number === '1' ? /EXIT STATUS/i : /DESCRIPTION/i, path)
  }
})

t.test('the library is typed, and the types stand alone', async t => {
  mkdirSync(join(prefix, 'user/node_modules'), { recursive: true })
  run('ln', '-s', home, join(prefix, 'user/node_modules/daqutils'))
  run('ln', '-s', join(ROOT, 'node_modules'), join(home, 'node_modules'))
  writeFileSync(
    join(prefix, 'user/program.ts'),
    `import { openSource, openSink, run, type Packet } from 'daqutils'
const names: string[] = []
const look = (packet: Packet) => names.push(String(packet.meta['name']))
const sink = await openSink('out.ndjson')
await run(openSource(['in.ndjson']), [{ push: batch => { for (const packet of batch) look(packet); return batch } }], sink)
await sink.close()
if (names.join() !== 'a,b') throw new Error(names.join())
// @ts-expect-error: a number is no endpoint
export const wrong = () => openSource(5)
`,
  )
  writeFileSync(join(prefix, 'user/package.json'), '{"type":"module"}')
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--typeRoots',
    join(ROOT, 'node_modules/@types'),
  ]
  const compiled = spawnSync('env', ['-u', 'NODE_OPTIONS', tsc, ...options, 'program.ts'], {
    cwd: join(prefix, 'user'),
    env,
    encoding: 'utf8',
  })
  t.equal(compiled.stdout + compiled.stderr, '')
  t.equal(compiled.status, 0)
  writeFileSync(join(prefix, 'user/in.ndjson'), '{"name":"a"}\n{"name":"b"}\n')
  run(
    join(ROOT, 'node_modules/.bin/esbuild'),
    join(prefix, 'user/program.ts'),
    `--outfile=${join(prefix, 'user/program.js')}`,
  )
  execFileSync(process.execPath, ['program.js'], { cwd: join(prefix, 'user'), env })
  t.ok(existsSync(join(prefix, 'user/out.ndjson')))
})
