// Instruments as sources: set up, read, stopped.

import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { until } from '../support/carrier.ts'
import { allOf, measuring, simulated } from '../support/simulator.ts'

const TONE = { frequency: 2.4e9 + 125e6 / 64, level: -30 }

t.test('who the instrument is, and what it answers', async t => {
  const instrument = await simulated(t)
  const { source } = measuring(instrument, {
    identify: true,
    commands: [':FREQ:CENT 1 GHZ', ':FREQ:CENT?'],
    job: { kind: 'none' },
  })
  const metas = (await allOf(source)).map(({ meta }) => meta)
  t.match(metas, [
    { instrument: { manufacturer: 'daqutils', firmware: '4.8.5' } },
    { scpi: ':FREQ:CENT?', answer: '1000000000' },
  ])
})

t.test('blocks, one after the other', async t => {
  const instrument = await simulated(t, { tones: [TONE] })
  const { source, ledger } = measuring(instrument, {
    settings: { frequency: 2.4e9, samplesPerPacket: 256, packetsPerBlock: 3, attenuation: 'off', gain: 5 },
    job: { kind: 'block', blocks: 4 },
  })
  const data = (await allOf(source)).filter(({ meta }) => 'dtype' in meta)
  t.equal(data.length, 12)
  t.match(data[11]?.meta, { seq: 11, center_frequency: 2.4e9, reference_level: -25, gain: [0, 5] })
  t.equal(ledger.lost, 0)
  // It may learn in a later turn only that the block has no more.
  await until(() => instrument.simulator.receiver.engine.running === undefined)
})

t.test('a stream goes on until it is stopped, and stops the instrument', async t => {
  const instrument = await simulated(t)
  const { source, stop } = measuring(instrument, { settings: { decimation: 64, samplesPerPacket: 1024 } })
  let packets = 0
  for await (const batch of source) {
    packets += batch.length
    if (packets > 50) stop.abort('test')
  }
  t.equal(instrument.simulator.receiver.engine.running, undefined)
})

t.test('nobody reads any more: the same', async t => {
  const instrument = await simulated(t)
  const { source } = measuring(instrument, { settings: { decimation: 64 } })
  for await (const _ of source) break
  t.equal(instrument.simulator.receiver.engine.running, undefined)
})

t.test('nothing is asked of the instrument before the first packet is', async t => {
  const instrument = await simulated(t)
  const { source } = measuring(instrument)
  await new Promise(setImmediate)
  t.same(instrument.words, [])
  await source.return(undefined)
})

t.test('a sweep ends by itself', async t => {
  const instrument = await simulated(t, { speed: Number.POSITIVE_INFINITY })
  const { source } = measuring(instrument, {
    settings: { samplesPerPacket: 256, packetsPerBlock: 2, decimation: 4 },
    job: { kind: 'sweep', sweep: { start: 1e9, stop: 1.5e9, step: 100e6, iterations: 2 } },
  })
  const data = (await allOf(source)).filter(({ meta }) => 'dtype' in meta)
  t.equal(data.length, 24)
  t.match(data[23]?.meta, { center_frequency: 1.5e9, sample_rate: 31.25e6 })
})

t.test('where the centre lies among real samples is known from the mode', async t => {
  const instrument = await simulated(t)
  const { source } = measuring(instrument, {
    settings: { mode: 'SH', samplesPerPacket: 256 },
    job: { kind: 'block', blocks: 1 },
  })
  t.match((await allOf(source)).at(-1)?.meta, { dtype: 'ri16_be', if_frequency: 35e6, center_frequency: 2.4e9 })
})

t.test('what the instrument does not take fails by name', async t => {
  const instrument = await simulated(t)
  await t.rejects(allOf(measuring(instrument, { settings: { gain: 99 } }).source), /':INPUT:GAIN:IF 99': -222/)
  await t.rejects(allOf(measuring(instrument, { commands: [':WRONG 1'] }).source), /':WRONG 1': -113/)
  const { source } = measuring(instrument, { settings: { gain: 5 }, identify: true, job: { kind: 'none' } })
  t.equal((await allOf(source)).length, 1, 'the errors of others are no errors of ours')
})

t.test('an instrument whose data connection breaks', async t => {
  const instrument = await simulated(t)
  const server = createServer(socket => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const dataPort = address && typeof address === 'object' ? address.port : 0
  const { source } = measuring(instrument, { dataPort, settings: { decimation: 64 } })
  await t.rejects(allOf(source), /vrt:\/\/127\.0\.0\.1:\d+: (?:the instrument ended the connection|connection reset)/)
})
