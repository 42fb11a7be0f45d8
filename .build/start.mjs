// The main job on real input, for about ten seconds: simulated sensors and this machine's own, through a network that
// carries five messages at once, into CSV, SQLite and onto the screen; then a count of every message on its way.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

const FOLDER = 'log'
const SECONDS = 10
const SENSORS = [
  `sensor-sim --duration ${SECONDS}s --network-limit 5 --network-latency 20ms`,
  '--sensors 5 --interval 1s',
  '--sensor name=CPU,probe=system,what=cpu,interval=1s',
  '--sensor name=Memory,probe=system,what=memory,interval=2s',
  '--sensor name=Load,probe=system,what=load,interval=2s',
]
const SINK = `log-sink 'csv:${FOLDER}/sensors.csv?extra' sqlite:${FOLDER}/sensors.sqlite screen:`

if (!existsSync('dist/sensor-sim.cjs')) {
  process.stderr.write('dist/ is missing: run npm ci first\n')
  process.exit(1)
}
mkdirSync(FOLDER, { recursive: true })
process.stdout.write(`$ ${SENSORS.join(' \\\n      ')} \\\n  | ${SINK}\n\n`)

const { code, stats, words } = await runPipeline()
process.stderr.write(words)
const made = stats['sensor-sim']?.stages
const logged = stats['log-sink']?.stages
if (!made || !logged) process.exit(code || 1)

const rows = [
  ...Object.entries(made).map(([stage, count]) => ['sensor-sim', stage, count]),
  ...Object.entries(logged).map(([stage, count]) => ['log-sink', stage, count]),
]
const total = counts => Object.values(counts).reduce((sum, count) => sum + count, 0)
process.stdout.write('\nEvery message on its way:\n')
for (const [command, stage, { in: came, out, dropped, rejected, duplicate, late }] of rows) {
  const lost = total(dropped) + total(rejected)
  const cells = [`in ${came}`, `out ${out}`, `lost ${lost}`, `duplicate ${duplicate}`, `late ${late}`]
  process.stdout.write(`  ${command.padEnd(10)}  ${stage.padEnd(28)}  ${cells.map(cell => cell.padEnd(12)).join('')}\n`)
}
process.stdout.write(`
The log is in ${resolve(FOLDER)}. To look at it:
  column -s, -t ${FOLDER}/sensors.csv | less -S
  sqlite3 ${FOLDER}/sensors.sqlite 'SELECT name, count(*), avg(value) FROM log GROUP BY name'
  npx daqutils log-source ${FOLDER}/sensors.sqlite --name CPU
`)
process.exit(code)

/** Runs the two commands in a shell, their output as it comes, their statistics and last words kept for the end. */
async function runPipeline() {
  const bin = mkdtempSync(join(tmpdir(), 'daqutils-'))
  for (const name of ['sensor-sim', 'log-sink']) symlinkSync(resolve(`bin/${name}.cjs`), join(bin, name))
  const line = `${SENSORS.join(' ')} | ${SINK}`
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, DAQ_STATS: '1h' }
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], { env, stdio: ['ignore', 'inherit', 'pipe'] })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
  let text = ''
  child.stderr.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  const code = await new Promise(done => child.on('close', done))
  const stats = {}
  let words = ''
  for (const row of text.split('\n')) {
    if (!row.startsWith('{"stats"')) words += row === '' ? '' : `${row}\n`
    else Object.assign(stats, { [JSON.parse(row).stats.command]: JSON.parse(row).stats })
  }
  return { code, stats, words }
}
