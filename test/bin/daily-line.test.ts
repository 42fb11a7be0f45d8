// A real record of temperatures: the day is a line in its spectrum.

import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

const DATA = process.env['DAQ_TEST_DATA']

t.test('a day stands out of what is beside it', { skip: DATA === undefined && 'DAQ_TEST_DATA is not set' }, async t => {
  const folder = t.testdir({})
  // Hourly values: 24 a day, so frequencies are in cycles a day.
  const spectrum = 'fft -q -s 960 --remove-dc --average 7 --scale psd --sample-rate 24 --to ndjson --data array'
  const line = `repack --from csv --to ndjson '${join(DATA ?? '', 'ambient-temperature.csv')}' | ${spectrum}`
  const { code, stdout, stderr } = await runLine(line, commandFolder(folder), { folder })
  t.equal(code, 0, stderr)
  const { data, frequency_step: step } = JSON.parse(stdout.toString().split('\n')[0] ?? '')
  const quick: readonly number[] = data.slice(Math.ceil(0.4 / step))
  t.equal((quick.indexOf(Math.max(...quick)) + Math.ceil(0.4 / step)) * step, 1)
  const median = quick.toSorted((a, b) => a - b)[quick.length >> 1] ?? 0
  t.ok(Math.max(...quick) > 100 * median)
})
