// calibrate: what is known of the receiver, brought to its samples and to their spectra.

import { readFileSync } from 'node:fs'
import { defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { type Calibration, calibrateStage } from '../dsp/calibrate.ts'
import type { SampleCorrection } from '../dsp/correct-samples.ts'
import { INVERSIONS } from '../dsp/correct-spectrum.ts'
import { type Correction, parseCorrections } from '../dsp/correction-table.ts'
import { modeNamed, PROFILES, profileNamed } from '../dsp/receiver-profiles.ts'
import { CarrierError, systemReason, UsageError } from '../errors.ts'
import { through } from '../stream/through.ts'
import { parseNumber } from '../units.ts'

const META = 'meta'

const LEVELS = [
  { name: 'offset', kind: 'number', argument: 'DB', default: '0', summary: 'add so many decibels' },
  {
    name: 'amplifier',
    kind: 'text',
    argument: 'DB',
    bare: META,
    summary: 'take away what an amplifier has added: decibels, or alone the gain in the meta',
  },
  {
    name: 'reference-level',
    kind: 'text',
    argument: 'DBM',
    bare: META,
    summary: 'full scale is so many dBm; alone: as the reference_level in the meta says',
    detail: 'Decibels of full scale become dBm, powers milliwatts.',
  },
  {
    name: 'table',
    kind: 'text',
    argument: 'FILE',
    summary: 'add corrections by frequency: lines of a frequency and decibels, 98M,-1.5',
    detail: 'Between two frequencies the correction is linear, beyond the ends it is that of the end.',
  },
  {
    name: 'profile',
    kind: 'choice',
    choices: PROFILES.map(({ name }) => name),
    argument: 'NAME',
    summary: 'calibrate as a receiver wants it: its constant and the reference level',
    detail:
      'P = 20 log10(|X| / N) + reference_level + constant, as PyRF has it. Amplitudes that were normalized otherwise are brought ' +
      'to that first; PyRF’s window is *hann,symmetric*.',
  },
] as const satisfies readonly Option[]

const BINS = [
  {
    name: 'usable',
    kind: 'text',
    argument: 'MODE',
    summary: 'leave only the bins that are usable in a mode of the profile: ZIF, SH, …',
    detail: 'In ZIF they are two packets: the three bins around the local oscillator are in neither.',
  },
  { name: 'band', kind: 'text', argument: 'FROM,TO', summary: 'leave only these frequencies: 97M,99M' },
  {
    name: 'inversion',
    kind: 'choice',
    choices: INVERSIONS,
    argument: 'WHEN',
    default: 'auto',
    summary: 'mirror the spectrum at the centre; auto: where spectral_inversion in the meta is true',
  },
  { name: 'mask-dc', kind: 'flag', summary: 'put the mean of its neighbours in place of the bin at the centre' },
] as const satisfies readonly Option[]

const SAMPLES = [
  { name: 'remove-dc', kind: 'flag', summary: 'take the mean of each packet away from its samples' },
  {
    name: 'iq-balance',
    kind: 'text',
    argument: 'GAIN,DEGREES',
    bare: 'estimate',
    summary: 'make Q as strong as I and a quarter of a turn behind it; alone: by what each packet shows',
    detail: 'GAIN is the factor by which Q is stronger, DEGREES by how much its phase is ahead of where it should be.',
  },
  { name: 'swap-iq', kind: 'flag', summary: 'exchange I and Q' },
] as const satisfies readonly Option[]

const OPTIONS = [...LEVELS, ...BINS, ...SAMPLES, ...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] as const

export const calibrate = defineCommand({
  name: 'calibrate',
  summary: 'correct samples and spectra: levels, IQ imbalance, offsets, inversion, usable bins',
  description: [
    'calibrate corrects what passes: spectra in their levels, their order and their extent, samples, before they go to fft, in ' +
      'their offset and their balance. What a packet is, is told by its meta; anything else passes as it came.',
    'Levels are added up: offset, reference level, the table and the profile’s constant, less the amplifier’s gain. They mean the same on every ' +
      'scale: decibels are added, powers and amplitudes multiplied. A reference level, or a profile, makes them absolute, once: of ' +
      'levels in dBm already such a spectrum is rejected. Corrected samples are floating point, of full scale 1.',
    'With --count, packets that go out are counted. Of raw input they are --chunk long, however much was read at once.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  examples: [
    {
      summary: 'A loss of 3 dB in the cable, and full scale is -10 dBm',
      line: "sensor-sim -n 1 --sensor probe='iq?center=98M' | fft | calibrate --offset 3 --reference-level=-10 --to ndjson",
    },
    {
      summary: 'By frequency, and only the band that matters',
      line: "printf '88M,-1.5\\n108M,-2.5\\n' >antenna.csv; sensor-sim -n 1 --sensor probe='iq?center=98M' | fft | calibrate --table antenna.csv --band 97.9M,98.2M --to ndjson",
    },
    {
      summary: 'Balanced and centred samples, then their spectra',
      line: 'sensor-sim -n 4 --sensor probe=iq | calibrate --remove-dc --iq-balance | fft -s 256 --average 16 -o spectra.daq',
    },
  ],
  seeAlso: ['fft(1)', 'vrt(1)', 'packet(5)'],
  filter: true,
  async run(context) {
    const { values } = context
    const calibration = calibrationOf(values)
    const source = through(openInputs(context, context.positionals), [calibrateStage(calibration, context)])
    const sink = await openOutputs(context, [...values.in, ...context.positionals])
    await runInto(limited(source, values, context.stop), [], sink)
  },
})

function calibrationOf(values: Values<typeof OPTIONS>): Calibration {
  const { profile: name, usable: mode, band, table, amplifier } = values
  const profile = name === undefined ? undefined : profileNamed(name)
  if (mode !== undefined && !profile)
    throw new UsageError(`--usable ${mode}: of which receiver? expected --profile, too`)
  const reference = values['reference-level']
  return {
    samples: samplesOf(values),
    spectra: {
      offset: values.offset,
      gain: amplifier === undefined ? undefined : levelOf('amplifier', amplifier),
      reference: reference === undefined ? undefined : levelOf('reference-level', reference),
      table: table === undefined ? undefined : readTable(table),
      profile,
      mode: profile && mode !== undefined ? modeNamed(profile, mode) : undefined,
      inversion: values.inversion,
      maskMiddle: values['mask-dc'],
      band: band === undefined ? undefined : bandOf(band),
    },
  }
}

function samplesOf(values: Values<typeof OPTIONS>): SampleCorrection | undefined {
  const { 'remove-dc': removeMean, 'swap-iq': swap, 'iq-balance': balance } = values
  if (!removeMean && !swap && balance === undefined) return undefined
  return { removeMean, swap, imbalance: balance === undefined ? undefined : imbalanceOf(balance) }
}

function imbalanceOf(text: string): SampleCorrection['imbalance'] {
  if (text === 'estimate') return 'estimate'
  const [gain, degrees] = pairOf('iq-balance', text, '0.98,1.5')
  if (!(gain > 0) || !(Math.abs(degrees) < 90))
    throw new UsageError(`--iq-balance ${text}: expected a gain above 0 and less than 90 degrees`)
  return { gain, phase: (degrees * Math.PI) / 180 }
}

function bandOf(text: string) {
  const [from, to] = pairOf('band', text, '97M,99M')
  if (from > to) throw new UsageError(`--band ${text}: expected the lower frequency first`)
  return { from, to }
}

function pairOf(option: string, text: string, example: string): readonly [number, number] {
  const [first, second, more] = text.split(',')
  if (first === undefined || second === undefined || more !== undefined)
    throw new UsageError(`--${option} ${text}: expected two numbers, for example ${example}`)
  return [numberOf(option, first), numberOf(option, second)]
}

function levelOf(option: string, text: string): number | typeof META {
  return text === META ? META : numberOf(option, text)
}

function numberOf(option: string, text: string): number {
  try {
    return parseNumber(text)
  } catch (error) {
    throw new UsageError(`--${option}: '${text}' is no number`, { cause: error })
  }
}

function readTable(path: string): Correction {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new CarrierError(path, systemReason(error), { cause: error })
  }
  return parseCorrections(text, path)
}
