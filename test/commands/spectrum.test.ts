// spectrum at the process boundary.

import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

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
  const { code, stdout } = await run('cmp <(repack spectra.daq) <(spectrum spectra.daq) && echo same')
  t.equal(code, 0)
  t.equal(stdout.toString(), 'same\n')
})
