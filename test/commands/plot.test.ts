// plot at the process boundary.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'
import { noPython } from '../support/python.ts'
import { onTerminal } from '../support/terminal.ts'

const folder = t.testdir()
const commands = commandFolder(join(folder, '.bin'))
const run = (line: string) => runLine(line, commands, { folder })

t.test('pictures, and every packet passes', async t => {
  const { code, stdout } = await run(
    'sensor-sim -n 100 --interval 0 --seed 1 >a.ndjson && plot a.ndjson --svg a.svg --png a.png --pixels 300x200 --title Five | cmp - a.ndjson && echo same',
  )
  t.equal(code, 0)
  t.equal(stdout.toString(), 'same\n')
  t.match(readFileSync(join(folder, 'a.svg'), 'utf8'), />Five<[\s\S]*Sensor-0/)
  t.equal(readFileSync(join(folder, 'a.png')).readUInt32BE(16), 300)
})

t.test('on the terminal, until q is pressed', { skip: noPython }, async t => {
  const terminal = onTerminal(t, 'sensor-sim -n 100 --interval 0 | plot >passed; wc -l <passed', { folder })
  await terminal.shows(/─ Sensor-\d[\s\S]*END/)
  terminal.press('q')
  await terminal.shows('100')
  t.equal(await terminal.ended, 0)
})

t.test('a picture that cannot be written is told at once, not at the end', async t => {
  const { code, stdout, stderr } = await run("echo '{}' | plot --svg nowhere/a.svg")
  t.equal(code, 1)
  t.equal(stdout.toString(), '', 'nothing was read')
  t.match(stderr, 'plot: nowhere/a.svg: no such file or directory')
})

t.test('no terminal, no file: an error', async t => {
  const { code, stderr } = await run("echo '{}' | setsid -w plot")
  t.equal(code, 1)
  t.match(stderr, /^plot: terminal: there is none to draw on/)
})
