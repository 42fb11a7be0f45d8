// Real measurements: the year is a line in the spectra of the air's CO2 and of Seattle's weather.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

const DATA = fileURLToPath(new URL('../../node_modules/vega-datasets/data', import.meta.url))

/** Of a year of 365.2425 days. */
const ONCE_A_YEAR = 1 / (365.2425 * 86400)

interface Line {
  readonly frequency: number
  readonly amplitude: number
  readonly step: number
  /** How far it stands out of the median of the bins. */
  readonly prominence: number
}

interface Measurement {
  readonly file: string
  /** What its columns are called, for sed. */
  readonly names: string
  readonly since: string
  readonly size: number
  readonly scale?: string
}

/** The strongest line above half a year's frequency, found by the commands that a user types. */
async function strongest(t: Test, { file, names, since, size, scale = 'power' }: Measurement): Promise<Line> {
  const line = [
    `sed '${names}' '${join(DATA, file)}'`,
    `repack --from csv --to ndjson --where 'timestamp>=${since}' --pick timestamp,value`,
    `fft -q --size ${size} --remove-dc --scale ${scale} --to ndjson --data array`,
  ].join(' | ')
  const folder = t.testdir({})
  const { code, stdout, stderr } = await runLine(line, commandFolder(folder), { folder })
  t.equal(code, 0, stderr)
  const {
    data,
    frequency_start: start,
    frequency_step: step,
    unit,
  } = JSON.parse(stdout.toString().split('\n')[0] ?? '')
  t.equal(start, 0)
  t.equal(unit, scale === 'psd' ? 'FS²/Hz' : 'FS²')
  const powers: readonly number[] = data
  const first = Math.ceil(ONCE_A_YEAR / 2 / step)
  const upper = powers.slice(first)
  const highest = Math.max(...upper)
  const median = upper.toSorted((a, b) => a - b)[upper.length >> 1] ?? 0
  return {
    step,
    frequency: (first + upper.indexOf(highest)) * step,
    amplitude: Math.sqrt(2 * highest),
    prominence: highest / median,
  }
}

t.test('CO2 on Mauna Loa, 55 years of months', async t => {
  const months = {
    file: 'co2-concentration.csv',
    names: '1s/Date,CO2/timestamp,value/',
    since: '1965-01-01',
    size: 660,
  }
  const { frequency, step, amplitude, prominence } = await strongest(t, months)
  t.ok(Math.abs(frequency - ONCE_A_YEAR) < step / 2, `${frequency} Hz`)
  t.ok(Math.abs(frequency - 3.17e-8) < 1e-10, '3.17e-8 Hz')
  t.ok(amplitude > 2.5 && amplitude < 3.2, `${amplitude} ppm about the trend`)
  t.ok(prominence > 1e3)
  const density = await strongest(t, { ...months, scale: 'psd' })
  t.equal(density.frequency, frequency, 'the times of the values are enough for a density, too')
})

t.test('the warmest hour of the days in Seattle, four years', async t => {
  const { frequency, step, amplitude, prominence } = await strongest(t, {
    file: 'seattle-weather.csv',
    names: '1s/date/timestamp/; 1s/temp_max/value/',
    since: '2012-01-01',
    size: 1461,
  })
  t.ok(Math.abs(frequency - ONCE_A_YEAR) < step / 2, `${frequency} Hz`)
  t.ok(Math.abs(frequency - 3.17e-8) < 1e-10, '3.17e-8 Hz')
  t.ok(amplitude > 8 && amplitude < 11, `${amplitude} K about the mean`)
  t.ok(prominence > 1e3)
})
