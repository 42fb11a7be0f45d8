// calibrate at the process boundary.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

const folder = t.testdir()
const commands = commandFolder(folder)
const run = (line: string) => runLine(line, commands, { folder })

const SOURCE = "sensor-sim -n 1 --seed 1 --sensor probe='iq?tones=100k:-20&center=98M&noise=-60'"
const OUT = '--to ndjson --data array'
const firstOf = (text: Buffer) => JSON.parse(text.toString().split('\n')[0] ?? '')

t.test('levels, by offset, reference level and table', async t => {
  writeFileSync(join(folder, 'cable.csv'), '98M,-1\n98.2M,-3\n')
  const plain = await run(`${SOURCE} | fft -s 1000 -w flattop ${OUT}`)
  const { code, stdout } = await run(
    `${SOURCE} | fft -s 1000 -w flattop | calibrate --offset 5 --reference-level=-10 --table cable.csv ${OUT}`,
  )
  t.equal(code, 0)
  const [before, after] = [plain, { stdout }].map(({ stdout }) => firstOf(stdout))
  t.equal(after.unit, 'dBm')
  t.ok(Math.abs(after.data[600] - before.data[600] - (5 - 10 - 2)) < 1e-4, 'at 98.1 MHz the table says -2')
  t.ok(Math.abs(after.data[0] - before.data[0] - (5 - 10 - 1)) < 1e-4)
})

t.test('a band of it', async t => {
  const { stdout } = await run(`${SOURCE} | fft -s 1000 | calibrate --band 98.09M,98.11M ${OUT}`)
  const { frequency_start: start, shape, data } = firstOf(stdout)
  t.same([start, shape, data.length], [98.09e6, [21], 21])
})

t.test('balanced samples have no image', async t => {
  const level = async (balance: string) => {
    const { stdout } = await run(
      `sensor-sim -n 1 --seed 1 --sensor probe='iq?tones=125k:0&noise=none' | ${balance} | fft -s 1024 ${OUT}`,
    )
    return firstOf(stdout).data[512 - 128]
  }
  t.ok((await level('calibrate --iq-balance=1.2,10')) > -30, 'made worse on purpose')
  t.ok((await level('calibrate --iq-balance=1.2,10 | calibrate --iq-balance')) < -100)
})

t.test('packets of raw samples, and their count, are the same however they are read', async t => {
  writeFileSync(join(folder, 'a.iq'), Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919) % 251)))
  const options = '-q --from raw --dtype cu8 --remove-dc'
  const [all, named, piped, slow] = await Promise.all([
    run(`calibrate ${options} a.iq --to raw`),
    run(`calibrate ${options} -n 3 a.iq --to raw`),
    run(`cat a.iq | calibrate ${options} -n 3 --to raw`),
    run(`dd if=a.iq bs=777 status=none | calibrate ${options} -n 3 --to raw`),
  ])
  for (const { stdout } of [named, piped, slow])
    t.ok(stdout.equals(all.stdout.subarray(0, 3 * 65536 * 4)), `${stdout.length} bytes`)
  const chunks = await run(`calibrate ${options} --chunk 1000 -n 3 a.iq --to raw`)
  t.equal(chunks.stdout.length, 3 * 1000 * 4)
})

t.test('the count counts what goes out', async t => {
  const halves = 'calibrate --reference-level=0 --profile wsa4000 --usable ZIF --to ndjson'
  const spectra = `${SOURCE.replace('-n 1', '-n 2')} | fft -s 1024`
  const [all, some] = await Promise.all([run(`${spectra} | ${halves}`), run(`${spectra} | ${halves} -n 3`)])
  const halvesIn = ({ stdout }: { stdout: Buffer }) =>
    stdout
      .toString()
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line).frequency_start)
  t.ok(halvesIn(all).length > 3)
  t.same(halvesIn(some), halvesIn(all).slice(0, 3))
})

t.test('what cannot be is said before anything is read', async t => {
  for (const [options, code, message] of [
    ['--usable ZIF', 2, /of which receiver\? expected --profile/],
    ['--profile wsa4000 --usable SH', 2, /wsa4000 has no mode 'SH': expected ZIF/],
    ['--band 5', 2, /--band 5: expected two numbers/],
    ['--band 5,4', 2, /expected the lower frequency first/],
    ['--band x,4', 2, /--band: 'x' is no number/],
    ['--reference-level=high', 2, /--reference-level: 'high' is no number/],
    ['--iq-balance=0,4', 2, /expected a gain above 0/],
    ['--table none.csv', 1, /none\.csv: no such file or directory/],
  ] as const) {
    const outcome = await run(`calibrate ${options}`)
    t.equal(outcome.code, code, options)
    t.match(outcome.stderr, message)
  }
})
