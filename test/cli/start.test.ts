import { spawnSync } from 'node:child_process'
import t from 'tap'
import { LOADER, source } from '../support/sources.ts'

const run = (load: string) => {
  const script = `import { start } from '${source('src/cli/start.ts')}'; start('probe', async () => { ${load} })`
  const child = spawnSync(process.execPath, [...LOADER, '--input-type=module', '-'], {
    cwd: new URL('../..', import.meta.url),
    input: script,
    encoding: 'utf8',
  })
  return { code: child.status, stderr: child.stderr }
}

t.test('what escapes from a command is named, and is a failure', async t => {
  const { code, stderr } = run('throw new Error("out of nowhere")')
  t.equal(code, 1)
  t.match(stderr, /^probe: Error: out of nowhere/)
})
