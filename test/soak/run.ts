// The long tests: `npm run soak` takes about an hour, `npm run soak -- --short` a form of it for every change.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const short = process.argv.includes('--short')

const SOAKS = [
  { name: 'kill', rounds: short ? 5 : 100, what: 'log-sink killed at random moments' },
  { name: 'broker-kill', rounds: short ? 4 : 100, what: 'a broker with a journal killed under the load of 20 clients' },
  { name: 'fuzz', rounds: short ? 20_000 : 1_000_000, what: 'damaged input into every decoder' },
  { name: 'fuzz-zmtp', rounds: short ? 20_000 : 1_000_000, what: 'damaged and random ZMTP sessions' },
]

for (const { name, rounds, what } of SOAKS) {
  process.stdout.write(`soak ${name}: ${what}, ${rounds} rounds\n`)
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, String(rounds)], { stdio: 'inherit' })
  if (status !== 0) {
    process.stdout.write(`soak ${name}: failed\n`)
    process.exit(1)
  }
}
