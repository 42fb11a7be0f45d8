// Addresses, sweeps, tones and settings as they are typed.

import t from 'tap'
import { parseCommandLine } from '../../src/cli/parse.ts'
import {
  INSTRUMENT,
  jobOf,
  noiseOf,
  parseDevice,
  parseSimulation,
  SIMULATION,
  settingsOf,
  speedOf,
  tonesOf,
} from '../../src/cli/vrt-options.ts'

const read = (...words: string[]) =>
  parseCommandLine('vrt', [...INSTRUMENT, ...SIMULATION], words, { environment: {}, readFile: () => '' }).values

t.test('addresses', async t => {
  t.same(parseDevice('10.0.0.5'), { host: '10.0.0.5', controlPort: 37001 })
  t.same(parseDevice('wsa:5025'), { host: 'wsa', controlPort: 5025 })
  t.same(parseDevice('[::1]:5025'), { host: '::1', controlPort: 5025 })
  for (const text of ['', 'a:b', 'a:99999', '::1']) t.throws(() => parseDevice(text), /expected HOST/, text)
  t.same(parseSimulation('127.0.0.1:0:37000'), { host: '127.0.0.1', controlPort: 0, dataPort: 37000 })
  t.throws(() => parseSimulation('127.0.0.1:0'), /expected HOST:PORT:PORT/)
})

t.test('what is to be captured', async t => {
  t.same(jobOf(read()), { kind: 'stream' })
  t.same(jobOf(read('--capture')), { kind: 'block', blocks: 1 })
  t.same(jobOf(read('--capture=5')), { kind: 'block', blocks: 5 })
  t.same(jobOf(read('--identify')), { kind: 'none' })
  t.same(jobOf(read('--scpi', '*IDN?', '--stream')), { kind: 'stream' })
  t.same(jobOf(read('--sweep', '2G:2.5G', '--iterations', '3')), {
    kind: 'sweep',
    sweep: { start: 2e9, stop: 2.5e9, step: 1e8, iterations: 3 },
  })
  t.match(jobOf(read('--sweep', '2G:2.5G:10M')), { sweep: { step: 1e7, iterations: 1 } })
  for (const sweep of ['2G', '2G:1G', '1:2:3:4', '1:2:0'])
    t.throws(() => jobOf(read('--sweep', sweep)), /--sweep/, sweep)
  t.throws(() => jobOf(read('--capture', '--stream')), /expected one of them/)
})

t.test('settings', async t => {
  t.match(settingsOf(read('--frequency', '2.45G', '--decimation', '16', '--attenuation', '12', '--gain', '-5')), {
    frequency: 2.45e9,
    decimation: 16,
    attenuation: 12,
    gain: -5,
    mode: undefined,
  })
  t.equal(settingsOf(read('--attenuation', 'off')).attenuation, 'off')
  t.throws(() => settingsOf(read('--decimation', '3')), /expected 1, 4, 8/)
  t.throws(() => settingsOf(read('--attenuation', 'much')), /no number/)
})

t.test('the signal of a simulation', async t => {
  t.same(tonesOf(read()), [{ frequency: 2.4001e9, level: -30 }])
  t.same(tonesOf(read('--tone', '1G:-10', '--tone', '2G:-20.5')), [
    { frequency: 1e9, level: -10 },
    { frequency: 2e9, level: -20.5 },
  ])
  t.throws(() => tonesOf(read('--tone', '1G')), /expected HZ:DBM/)
  t.equal(noiseOf(read('--noise', 'none')), undefined)
  t.equal(noiseOf(read()), -90)
  t.equal(speedOf(read('--speed', 'max')), Number.POSITIVE_INFINITY)
  t.throws(() => speedOf(read('--speed', '0')), /expected more than 0/)
})
