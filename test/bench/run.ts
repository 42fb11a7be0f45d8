// npm run bench: names the benches, or runs the named ones.

import { arch, cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Settings } from './harness.ts'
import { runCase } from './harness.ts'
import { benches } from './index.ts'
import { yardstick } from './machine.ts'
import { jsonLines, table, verdicts } from './report.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
})
const settings: Settings = { rounds: Number(values.rounds), scale: Number(values.scale), only: values.only }
const print = (text: string) => process.stdout.write(text)

if (positionals.length === 0) list()
else {
  const unknown = positionals.filter(name => name !== 'all' && !benches.some(bench => bench.name === name))
  if (unknown.length > 0) {
    process.stderr.write(`bench: unknown: ${unknown.join(', ')}\n`)
    process.exitCode = 2
  } else await runAll(benches.filter(({ name }) => positionals.includes(name) || positionals.includes('all')))
}

function list(): void {
  const widest = Math.max(...benches.map(({ name }) => name.length))
  print('npm run bench -- NAME… [--rounds N] [--scale FRACTION] [--only SIDE], NAME one of these or all:\n')
  for (const { name, summary } of benches) print(`  ${name.padEnd(widest)}  ${summary}\n`)
}

async function runAll(chosen: readonly Bench[]): Promise<void> {
  const processor = cpus()
  print(`# ${new Date().toISOString()}, ${processor.length} × ${processor[0]?.model}, Linux ${release()} ${arch()}, `)
  print(`node ${process.versions.node}, load ${loadavg()[0]?.toFixed(2)}\n`)
  for (const bench of chosen) await runOne(bench)
}

/** A bar that is not met, and a side of ours that fails, make exit code 1. */
async function runOne(bench: Bench): Promise<void> {
  print(`\n## ${bench.name}: ${bench.summary}\n`)
  const before = yardstick()
  let lines = ''
  try {
    for (const item of await bench.cases(settings)) {
      const outcome = await runCase(item, settings)
      print(`\n${table(item, outcome)}`)
      lines += jsonLines(bench.name, item, outcome)
      if (outcome.problems.length > 0 || verdicts(item, outcome).some(({ met }) => !met)) process.exitCode = 1
    }
  } finally {
    await bench.close?.()
  }
  print(`\nyardstick ${before.toFixed(1)}..${yardstick().toFixed(1)} ms\n${lines}`)
}
