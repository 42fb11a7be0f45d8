// verify at the process boundary.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

const folder = t.testdir()
const commands = commandFolder(folder)
const run = (line: string) => runLine(line, commands, { folder })

const SIM = 'sensor-sim --probe sequence --seed 1 --start-time 2026-01-01T00:00:00Z --speed max --isolation none'

t.before(async () => {
  const { stdout } = await run(`${SIM} -n 100 --sensors 2`)
  writeFileSync(join(folder, 'whole.ndjson'), stdout)
})

t.test('a whole stream: one record, exit code 0', async t => {
  const { code, stdout, stderr } = await run('verify --expect 100 -i whole.ndjson')
  t.equal(code, 0)
  t.match(JSON.parse(stdout.toString()), {
    received: 100,
    lost: 0,
    latency_us: null,
    sensors: { 'Sensor-0': { received: 50 } },
  })
  t.equal(stderr, 'verify: 100 received: nothing is wrong\n')
})

t.test('each thing that is wrong is exit code 3', async t => {
  for (const [edit, found] of [
    ['sed 10d', { lost: 1 }],
    ['sed 10p', { duplicated: 1 }],
    ["sed '9{h;d};11{G}'", { reordered: 1 }],
    [`sed '10s/"value":-*[0-9]*/"value":1000/'`, { corrupt: 1 }],
    [`sed '10s/"crc"/"crx"/'`, { foreign: 1, lost: 1 }],
    ['head -90', { lost: 10 }],
  ] as const) {
    const { code, stdout } = await run(`${edit} whole.ndjson | verify -q --expect 100`)
    t.equal(code, 3, edit)
    t.match(JSON.parse(stdout.toString()), { lost: 0, duplicated: 0, reordered: 0, corrupt: 0, ...found }, edit)
  }
})

t.test('the checksum survives frames and CSV', async t => {
  for (const format of ['frame', 'csv']) {
    const { code, stderr } = await run(`repack -i whole.ndjson --to ${format} | verify --from ${format} --expect 100`)
    t.equal(code, 0, `${format}: ${stderr}`)
  }
})

t.test('--pass gives the stream on byte for byte and the record on stderr', async t => {
  const { code, stdout, stderr } = await run('cat whole.ndjson | verify --pass | cmp - whole.ndjson && echo same')
  t.equal(code, 0)
  t.equal(stdout.toString(), 'same\n')
  t.match(stderr, /^verify: \{"received":100,/)
})

t.test('--midway begins with the first number of each sensor', async t => {
  const { code } = await run('tail -50 whole.ndjson | verify -q --midway')
  t.equal(code, 0)
})

t.test('a line that is no JSON is rejected by name, and its number is lost', async t => {
  const { code, stdout, stderr } = await run(`sed '10s/"value":/"value";/' whole.ndjson | verify`)
  t.equal(code, 3)
  t.match(JSON.parse(stdout.toString()), { received: 99, lost: 1 })
  t.match(stderr, /verify: stdin:10 .*invalid JSON/)
})
