// The simulated instrument: what it answers, what it sends, and when it stops.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { ScpiClient } from '../../src/instrument/scpi-client.ts'
import { type Simulated, simulated } from '../support/simulator.ts'
import { metasOf } from '../support/vrt.ts'

async function control(t: Test, { simulator }: Simulated): Promise<ScpiClient> {
  const stop = new AbortController().signal
  const client = await ScpiClient.open({ host: '127.0.0.1', port: simulator.controlPort, stop, warn() {} })
  if (!client) throw new Error('not connected')
  t.teardown(() => client.close())
  return client
}

async function reader(t: Test, { simulator }: Simulated): Promise<{ socket: Socket; bytes: () => Buffer }> {
  const socket = connect(simulator.dataPort, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return { socket, bytes: () => Buffer.concat(chunks) }
}

t.test('settings are answered as they were set, in any form', async t => {
  const scpi = await control(t, await simulated(t))
  t.match(await scpi.ask('*idn?'), /^daqutils,WSA5000-408 /)
  for (const [command, question, answer] of [
    [':FREQ:CENTER 2450000000', ':SENSE:FREQUENCY:CENTER?', '2450000000'],
    ['freq:shift -1 MHz', 'FREQ:SHIFT?', '-1000000'],
    [':SENSE:DECIMATION 64', 'DEC?', '64'],
    [':INPUT:MODE SH', ':INP:MODE?', 'SH'],
    [':INPUT:GAIN:IF 10', ':INP:GAIN:IF?', '10'],
    [':INPUT:ATTENUATOR 0', ':INP:ATT?', '0'],
    [':INP:ATT:VAR 12', ':INP:ATT:VAR?', '12'],
    [':TRACE:SPP 4096', ':TRAC:SPPACKET?', '4096'],
    [':TRACE:BLOCK:PACKETS 7', ':TRAC:BLOC:PACK?', '7'],
    [':SIM:TONE 2.45GHZ,-40', ':SIM:TONE?', '2450000000,-40'],
    [':SIM:NOISE NONE', ':SIM:NOIS?', 'NONE'],
  ] as const) {
    await scpi.set(command)
    t.equal(await scpi.ask(question), answer, command)
    t.equal(await scpi.ask(':SYST:ERR?'), '0,"No error"', command)
  }
  await scpi.set('*RST')
  t.equal(await scpi.ask(':FREQ:CENT?'), '2400000000')
})

t.test('what it does not take is for the next question about errors', async t => {
  const scpi = await control(t, await simulated(t))
  for (const [command, error] of [
    [':NONSENSE 1', /^-113,"Undefined header/],
    [':FREQ:CENT 90 GHz', /^-222,"Data out of range.*expected 0 to/],
    [':SENSE:DEC 3', /^-222,.*expected 1, 4, 8/],
    [':TRACE:SPP 1000', /multiple of 32/],
    [':SWEEP:LIST:START', /list is empty/],
    [':INPUT:MODE XX', /ZIF, SH/],
  ] as const) {
    await scpi.set(command)
    t.match(await scpi.ask(':SYSTEM:ERROR?'), error, command)
    t.equal(await scpi.ask(':SYSTEM:ERROR?'), '0,"No error"')
  }
})

t.test('a block: context, then so many packets, then nothing', async t => {
  const instrument = await simulated(t)
  const scpi = await control(t, instrument)
  const { bytes } = await reader(t, instrument)
  await scpi.set(':TRACE:SPP 256;:TRACE:BLOCK:PACKETS 3;:FREQ:CENT 1 GHZ')
  await scpi.set(':TRACE:BLOCK:DATA?')
  while (bytes().length < 3 * (256 + 6) * 4) await new Promise(setImmediate)
  await scpi.ask('*OPC?')
  const metas = metasOf(bytes())
  t.match(metas, [
    { context: { rf_frequency: 1e9 } },
    { context: { bandwidth: 125e6, reference_level: 0 } },
    { shape: [256], center_frequency: 1e9, sample_rate: 125e6, valid_data: true, seq: 0 },
    { seq: 1 },
    { seq: 2 },
  ])
  t.equal(metas.length, 5)
  const times = metas.slice(2).map(meta => BigInt(String(meta['timestamp_ns'])))
  t.equal((times[1] ?? 0n) - (times[0] ?? 0n), 2048n, '256 samples at 125 MHz')
})

t.test('a stream waits for its reader, and ends when the last one leaves', async t => {
  const instrument = await simulated(t)
  const scpi = await control(t, instrument)
  await scpi.set(':SENSE:DECIMATION 64')
  await scpi.set(':TRACE:STREAM:START 7')
  t.equal(await scpi.ask(':TRACE:STREAM:STATUS?'), 'RUNNING')
  const one = await reader(t, instrument)
  const two = await reader(t, instrument)
  await Promise.all([once(one.socket, 'data'), once(two.socket, 'data')])
  t.match(metasOf(one.bytes().subarray(0, 28)), [{ context: { stream_start: 7 } }])
  one.socket.destroy()
  await once(two.socket, 'data')
  t.equal(await scpi.ask(':TRACE:STREAM:STATUS?'), 'RUNNING', 'somebody still reads')
  two.socket.destroy()
  while ((await scpi.ask(':TRACE:STREAM:STATUS?')) !== 'STOPPED');
  t.ok(instrument.words.includes('the last reader has left: the stream ends'))
})

t.test('a frequency that changes in the midst of a stream has its context before its first packet', async t => {
  const instrument = await simulated(t)
  const scpi = await control(t, instrument)
  const { socket, bytes } = await reader(t, instrument)
  await scpi.set(':SENSE:DECIMATION 64;:FREQ:CENT 1 GHZ;:TRACE:STREAM:START')
  await once(socket, 'data')
  await scpi.set(':FREQ:CENT 1.001 GHZ')
  const metas = () => metasOf(bytes().subarray(0, lastWhole(bytes())))
  while (!metas().some(meta => meta['center_frequency'] === 1.001e9)) await once(socket, 'data')
  await scpi.set(':TRACE:STREAM:STOP')
  const frequencies = metas().flatMap(meta => ('dtype' in meta ? [meta['center_frequency']] : []))
  t.equal(frequencies[0], 1e9)
  t.same(new Set(frequencies), new Set([1e9, 1.001e9]))
})

/** Where the last whole packet ends. */
function lastWhole(bytes: Buffer): number {
  let at = 0
  while (at + 4 <= bytes.length && at + bytes.readUInt16BE(at + 2) * 4 <= bytes.length)
    at += bytes.readUInt16BE(at + 2) * 4
  return at
}

t.test('a stream faster than its reader says that samples are lost', async t => {
  const instrument = await simulated(t)
  const scpi = await control(t, instrument)
  const { socket, bytes } = await reader(t, instrument)
  socket.pause()
  await scpi.set(':TRACE:SPP 65504;:TRACE:STREAM:START')
  await new Promise(resolve => setTimeout(resolve, 600))
  socket.resume()
  const lost = () => metasOf(bytes().subarray(0, lastWhole(bytes()))).find(meta => meta['sample_loss'] === true)
  while (!lost()) await once(socket, 'data')
  await scpi.set(':TRACE:STREAM:STOP')
  t.ok(lost())
})

t.test('a sweep visits each frequency of each entry, as often as was asked for', async t => {
  const instrument = await simulated(t, { speed: Number.POSITIVE_INFINITY })
  const scpi = await control(t, instrument)
  const { bytes } = await reader(t, instrument)
  for (const command of [
    ':SWEEP:ENTRY:NEW;:SWEEP:ENTRY:FREQ:CENTER 1 GHZ,1.2 GHZ;:SWEEP:ENTRY:FREQ:STEP 100 MHZ',
    ':SWEEP:ENTRY:SPP 256;:SWEEP:ENTRY:PPB 2;:SWEEP:ENTRY:SAVE',
    ':SWEEP:ENTRY:NEW;:SWEEP:ENTRY:FREQ:CENTER 3 GHZ;:SWEEP:ENTRY:SPP 256;:SWEEP:ENTRY:SAVE',
    ':SWEEP:LIST:ITERATIONS 2;:SWEEP:LIST:START 42',
  ])
    await scpi.set(command)
  while ((await scpi.ask(':SWEEP:LIST:STATUS?')) === 'RUNNING') await new Promise(setImmediate)
  while (bytes().length < 14 * (256 + 6) * 4) await new Promise(setImmediate)
  const metas = metasOf(bytes())
  t.match(metas[0], { context: { sweep_start: 42 } })
  const frequencies = metas.flatMap(meta => ('dtype' in meta ? [Number(meta['center_frequency']) / 1e9] : []))
  t.same(frequencies, [1, 1, 1.1, 1.1, 1.2, 1.2, 3, 1, 1, 1.1, 1.1, 1.2, 1.2, 3])
})

t.test('samples of real modes', async t => {
  const instrument = await simulated(t)
  const scpi = await control(t, instrument)
  const { bytes } = await reader(t, instrument)
  for (const [mode, expected] of [
    ['SH', { dtype: 'ri16_be', sample_rate: 125e6, bandwidth: 62.5e6, full_scale: 8192 }],
    ['HDR', { dtype: 'ri32_be', sample_rate: 325520, full_scale: 2 ** 23 }],
  ] as const) {
    const before = bytes().length
    await scpi.set(`:INPUT:MODE ${mode};:TRACE:SPP 256;:TRACE:BLOCK:DATA?`)
    while (bytes().length < before + 600) await new Promise(setImmediate)
    t.match(metasOf(bytes()).at(-1), expected)
  }
})
