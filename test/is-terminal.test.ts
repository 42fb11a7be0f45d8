// A terminal, and what only looks like one.

import { spawnSync } from 'node:child_process'
import { openSync } from 'node:fs'
import t from 'tap'
import { isTerminal } from '../src/is-terminal.ts'
import { DEBIAN_PYTHON, noPython } from './support/python.ts'
import { LOADER, source } from './support/sources.ts'

const CODE = `import { isTerminal } from '${source('src/is-terminal.ts')}'
process.stdout.write(String(isTerminal(0)))`
const words = [...LOADER, '--input-type=module', '-e', CODE]

t.test('not a file, a device, a pipe', async t => {
  const inputs = {
    file: openSync(new URL(import.meta.url), 'r'),
    device: openSync('/dev/null', 'r'),
    pipe: 'pipe',
  } as const
  for (const [name, input] of Object.entries(inputs)) {
    const { stdout } = spawnSync(process.execPath, words, { stdio: [input, 'pipe', 'inherit'], encoding: 'utf8' })
    t.equal(stdout, 'false', name)
  }
})

t.test('a terminal', { skip: noPython }, async t => {
  const program = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)'
  const { stdout } = spawnSync(DEBIAN_PYTHON, ['-c', program, process.execPath, ...words], { encoding: 'utf8' })
  t.match(stdout, 'true')
})

t.test('not a descriptor that is closed', async t => {
  t.equal(isTerminal(9999), false)
})
