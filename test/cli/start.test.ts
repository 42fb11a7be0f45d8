import { spawnSync } from 'node:child_process'
import t from 'tap'

const run = (load: string, ...words: string[]) => {
  const script = `import { start } from './src/cli/start.ts'; start('probe', async () => { ${load} })`
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-', ...words], {
    cwd: new URL('../..', import.meta.url),
    input: script,
    encoding: 'utf8',
  })
  return { code: child.status, stdout: child.stdout, stderr: child.stderr }
}

t.test('the version is answered before anything is loaded', async t => {
  const { code, stdout } = run('throw new Error("loaded")', '--version')
  t.equal(code, 0)
  t.match(stdout, /^probe \d+\.\d+\.\d+/)
})

t.test('what escapes from a command is named, and is a failure', async t => {
  const { code, stderr } = run('throw new Error("out of nowhere")')
  t.equal(code, 1)
  t.match(stderr, /^probe: Error: out of nowhere/)
})
