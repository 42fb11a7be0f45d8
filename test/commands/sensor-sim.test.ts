// sensor-sim at the process boundary: what it writes, how its sensors live and die.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as after } from 'node:timers/promises'
import t from 'tap'
import { commandFolder, ROOT, runLine } from '../support/cases.ts'

const SCHEDULE = '--seed 1 --start-time 2026-01-01T00:00:00Z --speed max'
const folder = t.testdir()
const commands = commandFolder(folder)

const run = async (line: string) => {
  const { code, stdout, stderr } = await runLine(line, commands, { folder })
  const lines = stdout.toString().split('\n').slice(0, -1)
  return { code, stderr, text: stdout.toString(), messages: lines.map(line => JSON.parse(line)) }
}

type Sim = ChildProcessByStdio<null, Readable, Readable>

function launch(words: readonly string[]): Sim {
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env
  const sim = spawn(process.execPath, [join(ROOT, 'bin/sensor-sim.cjs'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  t.teardown(() => sim.kill('SIGKILL'))
  return sim
}

function childrenOf(pid: number | undefined): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

/** Resolves when the condition holds; the test's own timeout is the limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await after(10)
}

/** Gone, or only waiting for its parent to notice. */
function isDead(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

t.test('five sensors send a message each at once: timestamp, id, name and a whole number', async t => {
  const { code, messages, stderr } = await run('sensor-sim -n 5')
  t.equal(code, 0)
  t.equal(stderr, '')
  t.same(
    messages.map(({ name }) => name).sort(),
    [0, 1, 2, 3, 4].map(index => `Sensor-${index}`),
  )
  t.equal(new Set(messages.map(({ id }) => id)).size, 5)
  for (const message of messages) {
    t.same(Object.keys(message), ['timestamp', 'id', 'name', 'value'])
    t.ok(Number.isInteger(message.value) && Math.abs(message.value) <= 100)
  }
})

t.test('seed and start time give the same bytes in every isolation and over every connection', async t => {
  const sensors = '--sensors 2 --interval 70ms --sensor temperature --sensor name=x,interval=30ms,probe=noise,count=200'
  const line = `sensor-sim ${SCHEDULE} -n 500 ${sensors} --network-latency 40ms --fault drop=5%,duplicate=5%,delay=5%`
  const { text, code } = await run(line)
  t.equal(code, 0)
  t.ok(text.split('\n').length > 450)
  for (const way of ['--isolation thread', '--isolation none', '--connection socket', '--buffer 3']) {
    t.equal((await run(`${line} ${way}`)).text, text, way)
  }
})

t.test('what the faults did is exactly what verify finds', async t => {
  const faults = 'drop=2%,duplicate=2%,corrupt=2%,delay=2%:25ms'
  const sensors = '--sensor count=3000 --sensor count=3000 --interval 10ms --probe sequence'
  for (const way of ['', '--policy drop-oldest --buffer 100000', '--isolation none --network-limit 2']) {
    const { code, stderr, messages } = await run(
      `{ sensor-sim ${SCHEDULE} ${sensors} --fault ${faults} ${way} --stats=1h | verify --expect 6000; } 2>&1 | grep -a '^{'; exit \${PIPESTATUS[0]}`,
    )
    t.equal(code, 3, stderr)
    const injected = messages.find(({ stats }) => stats?.command === 'sensor-sim')?.stats.stages.fault.injected
    const found = messages.find(({ received }) => received !== undefined)
    t.equal(found.lost, injected.drop)
    t.equal(found.duplicated, injected.duplicate)
    t.equal(found.corrupt, injected.corrupt)
    if (!way.includes('limit')) t.equal(found.reordered, injected.delay, 'each delayed message is overtaken')
    t.ok(injected.drop > 60 && injected.duplicate > 60 && injected.corrupt > 60 && injected.delay > 60)
  }
})

t.test('injected faults are no loss: exit code 0, counted in the summary', async t => {
  const { code, stderr } = await run(`sensor-sim ${SCHEDULE} -n 1000 --fault drop=10%`)
  t.equal(code, 0)
  t.match(stderr, /fault: \d+ drop injected/)
})

t.test('an output that is slow: messages are dropped by policy, announced, counted, exit code 3', async t => {
  const { code, stderr, messages } = await run(
    `sensor-sim --interval 0 --policy latest --network-latency 20ms --probe sequence -n 100 --sensors 2`,
  )
  t.equal(code, 3)
  t.match(stderr, /at most 5 at once/)
  t.match(stderr, /\d+ dropped \(\d+ overflow\)/)
  const gaps = messages.filter(({ gap }) => gap)
  t.ok(gaps.length > 0)
  let next = new Map<string, number>()
  for (const { name, gap, seq } of messages) {
    if (gap) {
      t.equal(gap.from, next.get(name) ?? 0)
      t.equal(gap.lost, gap.to - gap.from + 1)
      next = new Map([...next, [name, gap.to + 1]])
    } else {
      t.equal(seq, next.get(name) ?? 0, 'each missing number is announced')
      next = new Map([...next, [name, seq + 1]])
    }
  }
})

t.test('one process for each sensor, and none of them outlives the parent', { skip: !existsSync('/proc') }, async t => {
  const sim = launch(['--interval', '10ms'])
  await once(sim.stdout, 'data')
  const children = childrenOf(sim.pid)
  t.equal(children.length, 5)
  sim.kill('SIGKILL')
  await once(sim, 'exit')
  await until(() => children.every(isDead))
  t.pass('all are gone')
})

t.test('a sensor that dies is started again and goes on counting', { skip: !existsSync('/proc') }, async t => {
  const sim = launch(['--interval', '10ms', '--probe', 'sequence', '--sensors', '1'])
  const seen: number[] = []
  createInterface({ input: sim.stdout }).on('line', line => seen.push(JSON.parse(line).seq))
  let errors = ''
  sim.stderr.on('data', text => {
    errors += text
  })
  await until(() => seen.length > 3)
  const [child] = childrenOf(sim.pid)
  t.type(child, 'number')
  if (child !== undefined) process.kill(child, 'SIGKILL')
  await until(() => errors !== '')
  const before = seen.length
  await until(() => seen.length > before + 3)
  t.match(errors, 'sensor-sim: sensor Sensor-0: killed by SIGKILL; restarting (1 of 3)')
  t.same(
    seen,
    Array.from(seen, (_, seq) => seq),
    'no number is missing or comes twice',
  )
  sim.kill('SIGTERM')
  const [code] = await once(sim, 'exit')
  t.equal(code, 0)
})

t.test('an interrupt drains and ends', async t => {
  for (const way of ['process', 'thread', 'none']) {
    const sim = launch(['--interval', '10ms', '--isolation', way])
    let text = ''
    sim.stdout.on('data', data => {
      text += data
    })
    await until(() => text !== '')
    sim.kill('SIGINT')
    const [code] = await once(sim, 'close')
    t.equal(code, 0, way)
    t.equal(text.at(-1), '\n')
  }
})

t.test('exec and replay: what cannot be read is named and counted, a failing command is exit code 1', async t => {
  const bad = await run(`sensor-sim --sensor name=A,probe='exec:echo 1; echo x; echo 2'`)
  t.same(
    bad.messages.map(({ value }) => value),
    [1, 2],
  )
  t.equal(bad.code, 3)
  t.match(bad.stderr, /sensor A.*no value.*line 2: 'x': expected a number or JSON/)
  const failing = await run(`sensor-sim --sensor name=A,probe='exec:exit 3'`)
  t.equal(failing.code, 1)
  t.match(failing.stderr, 'sensor-sim: sensor A: exec:exit 3: ended with code 3')
  const missing = await run('sensor-sim --sensor name=A,probe=replay:none.csv')
  t.equal(missing.code, 1)
  t.equal(missing.stderr, 'sensor-sim: sensor A: none.csv: no such file or directory\n')
})

t.test('iq samples come as frames, which a pipe takes as they are', async t => {
  const line = 'sensor-sim --probe iq --sensors 1 -n 2 --to frame | repack --to ndjson | cut -c 1-300'
  const { code, stdout } = await runLine(line, commands, { folder })
  t.equal(code, 0)
  t.match(stdout.toString(), /"dtype":"complex64","shape":\[4096\],"sample_rate":1000000/)
})

t.test('wrong usage is exit code 2, and says what is right', async t => {
  const wrong: readonly [string, RegExp][] = [
    ['--network-limit 0', /expected 1 or more/],
    ['--isolation thread --connection socket', /needs --isolation process/],
    ['--speed 0', /expected more than 0, or max/],
    ['--start-time soon', /'soon' is no time/],
    ['--fault drip=1%', /expected one of drop=1%/],
    ['--probe foo', /unknown probe 'foo': known are random, sine/],
    ['--sensor volcano', /unknown kind of sensor 'volcano'/],
  ]
  for (const [words, message] of wrong) {
    const { code, stderr } = await run(`sensor-sim ${words}`)
    t.equal(code, 2, words)
    t.match(stderr, message)
  }
})
