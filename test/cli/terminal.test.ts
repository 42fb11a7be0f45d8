// The terminal, by the display of spectrum: entered and left, resized, suspended, gone; the data goes on.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'
import { noPython } from '../support/python.ts'
import { onTerminal } from '../support/terminal.ts'

const skip = noPython
const folder = t.testdir()
const LINES = Array.from({ length: 300 }, (_, seq) => {
  const data = Array.from({ length: 64 }, (_, k) => (k === 40 ? -20 : -90 + ((k * 7 + seq) % 5)))
  const fields = { dtype: 'float32', scale: 'db', unit: 'dBm', fft_size: 64, frequency_start: 1e6, frequency_step: 1e3 }
  return `${JSON.stringify({ name: 'rx', seq, ...fields, data })}\n`
})
writeFileSync(join(folder, 'spectra.ndjson'), LINES.join(''))
const SIGINT = 2
/** Spectra that never end, one after the other. */
const ENDLESS = 'while cat spectra.ndjson 2>/dev/null; do sleep 0.2; done'

t.test('keys steer it, the data passes whole, and it is left as it was', { skip }, async t => {
  const line = 'stty -a >before; spectrum <spectra.ndjson | cat >passed; stty -a >after'
  const terminal = onTerminal(t, line, { folder, columns: 90, rows: 30 })
  await terminal.shows(/rx {2}─ last[\s\S]*1\.040 MHz[\s\S]*q quit/)
  t.ok(terminal.screen.isEntered)
  t.equal(terminal.screen.cursor, 'hidden')
  t.ok(terminal.screen.palette > 0)
  t.equal(terminal.screen.trueColor, 0)
  await terminal.shows('END')
  terminal.press('m')
  await terminal.shows('─ max hold')
  terminal.press('z')
  await terminal.shows(screen => !screen.text.includes('1.01'))
  terminal.press('p')
  await terminal.shows(screen => !screen.text.includes('▼'))
  terminal.press(' h')
  await terminal.shows(/PAUSED END[\s\S]*a mean/)
  terminal.press('q')
  t.equal(await terminal.ended, 0)
  t.notOk(terminal.screen.isEntered)
  t.equal(terminal.screen.cursor, 'shown')
  t.equal(readFileSync(join(folder, 'passed'), 'utf8'), LINES.join(''))
  t.equal(readFileSync(join(folder, 'after'), 'utf8'), readFileSync(join(folder, 'before'), 'utf8'))
})

t.test('another size is drawn at once', { skip }, async t => {
  const terminal = onTerminal(t, 'spectrum <spectra.ndjson >/dev/null', { folder })
  await terminal.shows('END')
  terminal.resize(100, 20)
  await terminal.shows(screen => screen.text.split('\n')[19]?.startsWith('q quit') === true)
  terminal.resize(10, 3)
  await terminal.shows(screen => screen.text.split('\n')[2]?.startsWith('q quit') === true)
  terminal.press('q')
  t.equal(await terminal.ended, 0)
})

t.test('an interrupt ends all of the pipeline, and the terminal is as before', { skip }, async t => {
  for (const how of ['key', 'signal']) {
    const line = `stty -a >before; (${ENDLESS}) | spectrum | cat >/dev/null; stty -a >after`
    const terminal = onTerminal(t, `trap '' INT; ${line}`.replace('| spectrum', '| (trap - INT; spectrum)'), { folder })
    await terminal.shows('─ last')
    if (how === 'key') terminal.press('\x03')
    else terminal.signal(SIGINT)
    // An interrupt lets the input end: the loop in front of it, which does not listen, is told by its pipe.
    terminal.press('q')
    await terminal.ended
    t.notOk(terminal.screen.isEntered, how)
    t.equal(readFileSync(join(folder, 'after'), 'utf8'), readFileSync(join(folder, 'before'), 'utf8'))
  }
})

t.test('suspended it leaves the screen, and continued it is back', { skip }, async t => {
  const terminal = onTerminal(t, `set -m; (${ENDLESS}) | spectrum >/dev/null; echo stopped; fg >/dev/null; echo over`, {
    folder,
  })
  await terminal.shows('─ last')
  terminal.press('\x1a')
  await terminal.shows(({ departures, isEntered, text }) => departures === 1 && isEntered && text.includes('─ last'))
  terminal.press('q')
  await terminal.shows('over')
  t.notOk(terminal.screen.isEntered)
})

t.test('a reader that goes away ends it, and the screen is left', { skip }, async t => {
  const terminal = onTerminal(t, `(${ENDLESS}) | spectrum | head -n 400 >/dev/null; echo codes \${PIPESTATUS[1]}`, {
    folder,
  })
  await terminal.shows('codes 141')
  t.notOk(terminal.screen.isEntered)
})

t.test('a terminal that is held by Ctrl-S does not keep it from its end', { skip }, async t => {
  // Without a terminal of its own it draws on that of stderr, where Ctrl-S is no key but a halt.
  const input = '(while ! test -e go; do cat spectra.ndjson; sleep 0.1; done)'
  const terminal = onTerminal(t, `${input} | setsid -w spectrum >/dev/null; echo $? >code`, { folder })
  await terminal.shows('─ last')
  terminal.press('\x13')
  writeFileSync(join(folder, 'go'), '')
  while (!existsSync(join(folder, 'code'))) await new Promise(resolve => setTimeout(resolve, 20))
  t.equal(readFileSync(join(folder, 'code'), 'utf8'), '0\n')
  terminal.press('\x11')
  t.equal(await terminal.ended, 0)
})

t.test('no colours, all colours', { skip }, async t => {
  const plain = onTerminal(t, 'spectrum <spectra.ndjson >/dev/null', { folder, environment: { NO_COLOR: '1' } })
  await plain.shows('END')
  plain.press('q')
  await plain.ended
  t.same([plain.screen.palette, plain.screen.trueColor], [0, 0])
  const full = onTerminal(t, 'spectrum --color always <spectra.ndjson >/dev/null', {
    folder,
    environment: { NO_COLOR: '1', COLORTERM: 'truecolor' },
  })
  await full.shows('END')
  full.press('q')
  await full.ended
  t.ok(full.screen.trueColor > 0)
})

t.test('without a terminal: an error that says what to do; files need none', async t => {
  const commands = commandFolder(join(folder, '.bin'))
  const alone = (line: string) => runLine(`setsid -w ${line} <spectra.ndjson`, commands, { folder })
  const none = await alone('spectrum')
  t.equal(none.code, 1)
  t.match(none.stderr, /^spectrum: terminal: there is none to draw on: expected --svg, --png or --measure/)
  const files = await alone('spectrum --svg a.svg --png a.png -o null:')
  t.equal(files.code, 0, files.stderr)
  t.ok(statSync(join(folder, 'a.svg')).size > 1000)
  const never = await alone('spectrum --display never')
  t.equal(never.stdout.toString(), LINES.join(''))
  const dumb = await runLine('TERM=dumb spectrum <spectra.ndjson', commands, { folder })
  t.match(dumb.stderr, 'TERM=dumb cannot be drawn on')
})
