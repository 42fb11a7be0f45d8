// The options by which `vrt` speaks to an instrument, or is one.

import { UsageError } from '../errors.ts'
import type { AnalyzerSettings, Sweep } from '../instrument/analyzer.ts'
import type { Job } from '../instrument/instrument-source.ts'
import { DECIMATIONS, MODE_NAMES } from '../instrument/receiver-mode.ts'
import type { Tone } from '../instrument/signal.ts'
import { parseNumber } from '../units.ts'
import type { Option, Values } from './option.ts'

export const CONTROL_PORT = 37001
export const DATA_PORT = 37000

export const INSTRUMENT = [
  {
    name: 'device',
    kind: 'text',
    argument: 'HOST[:PORT]',
    summary: `read from this instrument: SCPI on PORT (${CONTROL_PORT}), VRT on --data-port`,
  },
  {
    name: 'data-port',
    kind: 'count',
    argument: 'PORT',
    default: `${DATA_PORT}`,
    summary: 'where the instrument sends VRT',
  },
  { name: 'identify', kind: 'flag', summary: 'a first packet says who the instrument is; alone, do nothing else' },
  { name: 'reset', kind: 'flag', summary: 'set everything to what it is after power-on first (*RST)' },
  { name: 'mode', kind: 'choice', choices: MODE_NAMES, argument: 'MODE', summary: 'set the mode of the front end' },
  { name: 'frequency', kind: 'number', argument: 'HZ', summary: 'tune to this centre frequency' },
  { name: 'shift', kind: 'number', argument: 'HZ', summary: 'shift the centre by this, digitally' },
  {
    name: 'decimation',
    kind: 'count',
    argument: 'N',
    summary: `keep one sample of N: ${DECIMATIONS.join(', ')}`,
  },
  { name: 'gain', kind: 'number', argument: 'DB', summary: 'set the gain at intermediate frequency' },
  {
    name: 'attenuation',
    kind: 'text',
    argument: 'DB',
    summary: 'set the attenuator: decibels, or on or off where it has only these',
  },
  { name: 'samples', kind: 'count', argument: 'N', summary: 'samples in a packet, 256 to 65504, a multiple of 32' },
  { name: 'packets', kind: 'count', argument: 'N', summary: 'packets in a block, and at each frequency of a sweep' },
  {
    name: 'capture',
    kind: 'count',
    argument: 'N',
    bare: '1',
    summary: 'capture N blocks, one after the other, and end; default: stream',
  },
  {
    name: 'sweep',
    kind: 'text',
    argument: 'FROM:TO[:STEP]',
    summary: 'capture a block at each frequency from FROM to TO in Hz, by default in steps of 100 MHz, and end',
  },
  {
    name: 'iterations',
    kind: 'count',
    argument: 'N',
    default: '1',
    summary: 'sweep so often; 0 is for ever',
  },
  {
    name: 'scpi',
    kind: 'text',
    argument: 'COMMAND',
    many: true,
    summary: 'send this to the instrument; the answer to a question is a packet. Alone, do nothing else',
  },
  { name: 'stream', kind: 'flag', summary: 'stream also after --identify and --scpi' },
  {
    name: 'on-demand',
    kind: 'flag',
    summary: 'stream only while somebody takes it; an output that listens does while it has readers',
  },
] as const satisfies readonly Option[]

export const SIMULATION = [
  {
    name: 'simulate',
    kind: 'text',
    argument: 'HOST:PORT:PORT',
    bare: `127.0.0.1:${CONTROL_PORT}:${DATA_PORT}`,
    summary: 'be such an instrument: answer SCPI on the first port, send VRT on the second; with 0 the system chooses',
  },
  {
    name: 'tone',
    kind: 'text',
    argument: 'HZ:DBM',
    many: true,
    summary: 'simulate: a tone of this frequency and level (default 2.4001G:-30)',
  },
  {
    name: 'noise',
    kind: 'text',
    argument: 'DBM',
    default: '-90',
    summary: 'simulate: all noise in the band together, or none',
  },
  { name: 'seed', kind: 'text', argument: 'TEXT', summary: 'simulate: the same noise each time' },
  {
    name: 'speed',
    kind: 'text',
    argument: 'FACTOR',
    default: '1',
    summary: 'simulate: samples come this much faster than the clock, or with max as fast as they are taken',
  },
] as const satisfies readonly Option[]

export type InstrumentValues = Values<typeof INSTRUMENT>
export type SimulationValues = Values<typeof SIMULATION>

const DEFAULT_TONE = '2.4001G:-30'
const SWEEP_STEP = 100e6

/** `HOST`, `HOST:PORT`, `[::1]:PORT`. */
export function parseDevice(text: string): { readonly host: string; readonly controlPort: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text)
  const port = Number(parts?.[3] ?? CONTROL_PORT)
  if (!parts || port > 65535) throw new UsageError(`--device ${text}: expected HOST or HOST:PORT`)
  return { host: parts[1] ?? parts[2] ?? '', controlPort: port }
}

export function parseSimulation(text: string): {
  readonly host: string
  readonly controlPort: number
  readonly dataPort: number
} {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5}):(\d{1,5})$/.exec(text)
  const [controlPort, dataPort] = [Number(parts?.[3]), Number(parts?.[4])]
  if (!parts || controlPort > 65535 || dataPort > 65535)
    throw new UsageError(`--simulate ${text}: expected HOST:PORT:PORT`)
  return { host: parts[1] ?? parts[2] ?? '', controlPort, dataPort }
}

export function settingsOf(values: InstrumentValues): AnalyzerSettings {
  const { mode, frequency, shift, decimation, gain, samples, packets } = values
  if (decimation !== undefined && !DECIMATIONS.some(known => known === decimation))
    throw new UsageError(`--decimation ${decimation}: expected ${DECIMATIONS.join(', ')}`)
  return {
    mode,
    frequency,
    shift,
    decimation,
    gain,
    attenuation: parseAttenuation(values.attenuation),
    samplesPerPacket: samples,
    packetsPerBlock: packets,
  }
}

function parseAttenuation(text: string | undefined): AnalyzerSettings['attenuation'] {
  if (text === undefined || text === 'on' || text === 'off') return text
  return parseNumber(text)
}

/** Questions alone are no reason to capture. */
export function jobOf({ capture, sweep, iterations, identify, scpi, stream }: InstrumentValues): Job {
  if ([capture !== undefined, sweep !== undefined, stream].filter(Boolean).length > 1)
    throw new UsageError('--capture, --sweep, --stream: expected one of them')
  if (capture !== undefined) return { kind: 'block', blocks: capture }
  if (sweep !== undefined) return { kind: 'sweep', sweep: { ...parseSweep(sweep), iterations } }
  return { kind: (identify || scpi.length > 0) && !stream ? 'none' : 'stream' }
}

/** What ends by itself cannot be stopped and started again. */
export function onDemandOf(values: InstrumentValues): boolean {
  const job = jobOf(values)
  const isEndless = job.kind === 'stream' || (job.kind === 'sweep' && job.sweep.iterations === 0)
  if (values['on-demand'] && !isEndless)
    throw new UsageError('--on-demand: expected a stream, or --sweep with --iterations 0')
  return values['on-demand']
}

function parseSweep(text: string): Omit<Sweep, 'iterations'> {
  const [from, to, step, ...more] = text.split(':')
  if (from === undefined || to === undefined || more.length > 0)
    throw new UsageError(`--sweep ${text}: expected FROM:TO or FROM:TO:STEP`)
  const range = { start: parseNumber(from), stop: parseNumber(to), step: step ? parseNumber(step) : SWEEP_STEP }
  if (range.stop >= range.start && range.step > 0) return range
  throw new UsageError(`--sweep ${text}: expected FROM below TO, and a STEP above 0`)
}

export function tonesOf({ tone }: SimulationValues): readonly Tone[] {
  return (tone.length > 0 ? tone : [DEFAULT_TONE]).map(text => {
    const [frequency, level, ...more] = text.split(':')
    if (frequency === undefined || level === undefined || more.length > 0)
      throw new UsageError(`--tone ${text}: expected HZ:DBM, for example 2.45G:-30`)
    return { frequency: parseNumber(frequency), level: parseNumber(level) }
  })
}

export function noiseOf({ noise }: SimulationValues): number | undefined {
  return noise === 'none' ? undefined : parseNumber(noise)
}

export function speedOf({ speed }: SimulationValues): number {
  const factor = speed === 'max' ? Number.POSITIVE_INFINITY : parseNumber(speed)
  if (factor > 0) return factor
  throw new UsageError(`--speed ${speed}: expected more than 0, or max`)
}
