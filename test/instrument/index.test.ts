// An instrument from end to end: what is set over SCPI is what comes over VRT.

import t from 'tap'
import { Analyzer } from '../../src/instrument/analyzer.ts'
import { ScpiClient } from '../../src/instrument/scpi-client.ts'
import type { Packet } from '../../src/packet.ts'
import { allOf, measuring, simulated } from '../support/simulator.ts'

/** The power of one frequency of a packet, in dBm, by its meta alone: a sum over the whole packet, windowed by Hann. */
function levelOf({ meta, data }: Packet, frequency: number): number {
  const { sample_rate: rate, center_frequency: centre, reference_level: level, full_scale: full } = meta
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const samples = data.length / 4
  const step = (-2 * Math.PI * (frequency - Number(centre))) / Number(rate)
  let [real, imaginary, gain] = [0, 0, 0]
  for (let n = 0; n < samples; n++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples)
    const [i, q] = [view.getInt16(4 * n) * weight, view.getInt16(4 * n + 2) * weight]
    real += i * Math.cos(step * n) - q * Math.sin(step * n)
    imaginary += i * Math.sin(step * n) + q * Math.cos(step * n)
    gain += weight
  }
  return Number(level) + 20 * Math.log10(Math.hypot(real, imaginary) / gain / Number(full))
}

t.test('a tone set over SCPI has its frequency and its level within 0.1 dB, whatever the settings', async t => {
  const instrument = await simulated(t)
  for (const [frequency, decimation, gain, attenuation] of [
    [2.45e9, 1, 0, 'on'],
    [2.449e9, 16, 10, 'off'],
    [2.451e9, 32, -5, 12],
  ] as const) {
    const { source } = measuring(instrument, {
      reset: true,
      commands: [':SIM:TONE', ':SIM:TONE 2.4503 GHZ,-45'],
      settings: { frequency, decimation, gain, attenuation, samplesPerPacket: 8192 },
      job: { kind: 'block', blocks: 1 },
    })
    const samples = (await allOf(source)).at(-1)
    t.ok(samples && Math.abs(levelOf(samples, 2.4503e9) - -45) < 0.1, `${frequency} ${decimation} ${gain}`)
    t.ok(samples && levelOf(samples, 2.4502e9) < -70)
  }
})

t.test('everything an analyzer can be told, the simulated one takes', async t => {
  const { simulator } = await simulated(t)
  const stop = new AbortController().signal
  const scpi = await ScpiClient.open({ host: '127.0.0.1', port: simulator.controlPort, stop, warn() {} })
  if (!scpi) throw new Error('not connected')
  t.teardown(() => scpi.close())
  const analyzer = new Analyzer(scpi)
  await analyzer.reset()
  await analyzer.acquire()
  await analyzer.apply({
    mode: 'SHN',
    frequency: 1e9,
    shift: 1e6,
    decimation: 8,
    attenuation: 'off',
    gain: 3,
    samplesPerPacket: 512,
    packetsPerBlock: 9,
  })
  t.match(simulator.receiver.settings, {
    mode: { name: 'SHN' },
    frequency: 1e9,
    shift: 1e6,
    decimation: 8,
    attenuation: 0,
    gain: 3,
    samplesPerPacket: 512,
    packetsPerBlock: 9,
  })
  t.same(await analyzer.mode(), { name: 'SHN', decimation: 8 })
  t.equal(await analyzer.packetsPerBlock(), 9)
  await analyzer.startSweep({ start: 1e9, stop: 2e9, step: 1e8, iterations: 0 }, { attenuation: 7, packetsPerBlock: 2 })
  t.match(simulator.receiver.entries, [{ frequency: 1e9, stop: 2e9, step: 1e8, attenuation: 7, packetsPerBlock: 2 }])
  t.equal(simulator.receiver.engine.running, 'sweep')
  await analyzer.stopSweep()
  t.equal(simulator.receiver.engine.running, undefined)
})
