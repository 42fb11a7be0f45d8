// spectrum at the process boundary.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'
import { start } from '../support/process.ts'

const folder = t.testdir()
const commands = commandFolder(join(folder, '.bin'))
const run = (line: string, input?: Uint8Array) => runLine(line, commands, { folder, ...(input && { input }) })

const TONE = "sensor-sim -n 1 --seed 1 --sensor probe='iq?tones=100300:-20&center=98M&noise=none'"

t.test('a tone between two bins is measured where it is, as strong as it is', async t => {
  for (const window of ['hann', 'flattop', 'blackman-harris']) {
    const { code, stdout } = await run(`${TONE} | fft -w ${window} | spectrum --measure`)
    t.equal(code, 0)
    const [{ peaks }] = stdout
      .toString()
      .split('\n', 1)
      .map(line => JSON.parse(line))
    t.ok(Math.abs(peaks[0].frequency - 98_100_300) < 5, `${window}: ${peaks[0].frequency} Hz`)
    t.ok(Math.abs(peaks[0].level + 20) < 0.01, `${window}: ${peaks[0].level} dB`)
  }
})

t.test('what comes in goes out, byte by byte', async t => {
  await run(`${TONE} | fft -s 64 -o spectra.daq`)
  const { code, stdout } = await run('cmp <(repack spectra.daq) <(spectrum --display never spectra.daq) && echo same')
  t.equal(code, 0)
  t.equal(stdout.toString(), 'same\n')
})

t.test('pictures of a run: the same bytes from the same spectra', async t => {
  await run(`${TONE} | fft -s 64 -o tone.daq`)
  const { code, stdout } = await run(
    'for n in 1 2; do spectrum tone.daq --svg $n.svg --png $n.png --pixels 320x240 -o null: || exit; done; cmp 1.svg 2.svg && cmp 1.png 2.png && echo same',
  )
  t.equal(code, 0)
  t.equal(stdout.toString(), 'same\n')
  const svg = readFileSync(join(folder, '1.svg'), 'utf8')
  t.match(svg, /Sensor-0[\s\S]*max hold/)
  t.match(svg, /98\.\d+/)
})

t.test('pictures on the way, and measurements beside them', async t => {
  const line = `(${TONE} | fft -s 64; while ! test -s go; do sleep 0.1; done)`
  const { ended } = start(t, `${line} | spectrum --measure --svg way.svg --every 100ms`, { folder })
  while (!existsSync(join(folder, 'way.svg'))) await new Promise(resolve => setTimeout(resolve, 20))
  writeFileSync(join(folder, 'go'), 'go')
  const { code, stdout } = await ended
  t.equal(code, 0)
  t.match(stdout, /"peaks":\[\{/)
})

t.test('a spectrum of a million bins, and one of another frequency in the middle of the run', async t => {
  const line =
    'head -c 8388608 /dev/zero | fft --from raw --dtype complex64 --sample-rate 1M -s 1048576 | spectrum --svg m.svg -o null: --measure'
  t.equal((await run(line)).code, 0)
  t.match(readFileSync(join(folder, 'm.svg'), 'utf8'), '1 spectrum')
  const two = `(${TONE} ; ${TONE.replace('98M', '99M')}) | fft -s 64 | spectrum --svg two.svg -o null:`
  t.equal((await run(two)).code, 0)
  t.match(readFileSync(join(folder, 'two.svg'), 'utf8'), /99\.\d+ MHz/)
})

t.test('what is no spectrum passes, and an empty picture says so', async t => {
  const { code, stdout } = await run(`echo '{"value":1}' | spectrum --svg none.svg`)
  t.equal(code, 0)
  t.equal(stdout.toString(), '{"value":1}\n')
  t.match(readFileSync(join(folder, 'none.svg'), 'utf8'), 'no spectra')
})
