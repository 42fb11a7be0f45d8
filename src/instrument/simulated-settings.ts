// The settings of captures as a simulated receiver's SCPI has them: each twice, of its own and of entries of sweeps.

import { UsageError } from '../errors.ts'
import { DECIMATIONS, MODES } from './receiver-mode.ts'
import { scpiFlag, scpiNumber } from './scpi-command.ts'
import { ATTENUATOR, type Settings, type SimulatedReceiver, type SweepEntry } from './simulated-receiver.ts'

export type Words = readonly string[]

export interface Row {
  readonly pattern: string
  readonly ask?: (receiver: SimulatedReceiver, words: Words) => string
  readonly set?: (receiver: SimulatedReceiver, words: Words) => void
}

/** From `least` to `most`, both included. Throws a UsageError. */
export const number = (text: string | undefined, least: number, most: number): number => {
  const value = scpiNumber(text)
  if (value >= least && value <= most) return value
  throw new UsageError(`'${text}': expected ${least} to ${most}`)
}

export const choice = <T>(text: string | undefined, choices: readonly T[], nameOf: (choice: T) => string): T => {
  const found = choices.find(choice => nameOf(choice) === (text ?? '').toUpperCase())
  if (found !== undefined) return found
  throw new UsageError(`'${text}': expected ${choices.map(nameOf).join(', ')}`)
}

const samples = (text: string | undefined): number => {
  const value = number(text, 256, 65504)
  if (value % 32 === 0) return value
  throw new UsageError(`'${text}': expected a multiple of 32`)
}

const decimation = (text: string | undefined) => choice(text, DECIMATIONS, String)

/** Settings that a capture and an entry of a sweep have in common: how each is read and told. */
interface Setting {
  readonly pattern: string
  readonly read: (words: Words) => Partial<SweepEntry>
  readonly tell: (settings: Settings) => string
}

export const FREQUENCY = [0, 8e9] as const

const SETTINGS: readonly Setting[] = [
  {
    pattern: 'MODE',
    read: ([word]) => ({ mode: choice(word, MODES, ({ name }) => name) }),
    tell: ({ mode }) => mode.name,
  },
  {
    pattern: 'DECimation',
    read: ([word]) => ({ decimation: decimation(word) }),
    tell: ({ decimation }) => `${decimation}`,
  },
  { pattern: 'SPPacket', read: ([word]) => ({ samplesPerPacket: samples(word) }), tell: s => `${s.samplesPerPacket}` },
  {
    pattern: 'PPBlock',
    read: ([word]) => ({ packetsPerBlock: number(word, 1, 2 ** 20) }),
    tell: s => `${s.packetsPerBlock}`,
  },
  {
    pattern: 'FREQuency:SHIFt',
    read: ([word]) => ({ shift: number(word, -62.5e6, 62.5e6) }),
    tell: ({ shift }) => `${shift}`,
  },
  {
    pattern: 'ATTenuator',
    read: ([word]) => ({ attenuation: scpiFlag(word) ? ATTENUATOR : 0 }),
    tell: ({ attenuation }) => (attenuation > 0 ? '1' : '0'),
  },
  {
    pattern: 'ATTenuator:VARiable',
    read: ([word]) => ({ attenuation: number(word, 0, 30) }),
    tell: ({ attenuation }) => `${attenuation}`,
  },
  { pattern: 'GAIN:IF', read: ([word]) => ({ gain: number(word, -10, 34) }), tell: ({ gain }) => `${gain}` },
]

/** Where the setting of a capture has its place in the tree of commands. */
const PLACES: Readonly<Record<string, string>> = {
  MODE: 'INPut:MODE',
  DECimation: '[:SENSe]:DECimation',
  SPPacket: 'TRACe:SPPacket',
  PPBlock: 'TRACe:BLOCk:PACKets',
  'FREQuency:SHIFt': '[:SENSe]:FREQuency:SHIFt',
  ATTenuator: 'INPut:ATTenuator',
  'ATTenuator:VARiable': 'INPut:ATTenuator:VARiable',
  'GAIN:IF': 'INPut:GAIN:IF',
}

export const OWN: readonly Row[] = SETTINGS.map(({ pattern, read, tell }) => ({
  pattern: PLACES[pattern] ?? pattern,
  ask: ({ settings }) => tell(settings),
  set: (receiver, words) => {
    receiver.settings = { ...receiver.settings, ...read(words) }
  },
}))

export const ENTRY: readonly Row[] = SETTINGS.map(({ pattern, read, tell }) => ({
  pattern: `SWEep:ENTRy:${pattern}`,
  ask: ({ draft }) => tell(draft),
  set: (receiver, words) => {
    receiver.draft = { ...receiver.draft, ...read(words) }
  },
}))
