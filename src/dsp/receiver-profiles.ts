// What is known of receivers: how their samples become dBm, and which part of the band that they sample is usable.

import { UsageError } from '../errors.ts'

/** A way to receive. Frequencies in Hz. */
export interface ReceiverMode {
  /** What the samples span, and how much of it the filters pass. */
  readonly full: number
  readonly usable: number
  /** Where the middle of what is usable lies in the span, as a share of it. */
  readonly center: number
  /** The local oscillator is in the middle: its bin and the two beside it are not usable. */
  readonly split: boolean
  /** Real samples: their spectrum has half as many bins as samples. */
  readonly real: boolean
}

export interface ReceiverProfile {
  readonly name: string
  /** dB between the reference level and full scale, of amplitudes that are divided by the size of the transform. */
  readonly constant: number
  readonly modes: Readonly<Record<string, ReceiverMode>>
}

const MHZ = 1e6
const ZIF = { full: 125 * MHZ, usable: 100 * MHZ, center: 0.5, split: true, real: false }

const WSA5000_MODES: Readonly<Record<string, ReceiverMode>> = {
  ZIF,
  SH: { full: 62.5 * MHZ, usable: 40 * MHZ, center: 0.56, split: false, real: true },
  SHN: { full: 62.5 * MHZ, usable: 10 * MHZ, center: 0.56, split: false, real: true },
  HDR: { full: 162_760, usable: 100_000, center: 0.50176, split: false, real: true },
  DD: { full: 62.5 * MHZ, usable: 62.5 * MHZ, center: 0.5, split: false, real: true },
  IQIN: { ...ZIF, split: false },
}

/** ThinkRF's, by PyRF: the constant of the WSA4000 is 20 log10(2^13) + 10 - 72.5, rounded as there. */
export const PROFILES: readonly ReceiverProfile[] = [
  { name: 'wsa4000', constant: 15.7678, modes: { ZIF: { ...ZIF, usable: 90 * MHZ } } },
  { name: 'wsa5000', constant: 0, modes: WSA5000_MODES },
  { name: 'r5500', constant: 0, modes: WSA5000_MODES },
]

export function profileNamed(name: string): ReceiverProfile {
  const profile = PROFILES.find(one => one.name === name)
  if (profile) return profile
  throw new UsageError(`unknown profile '${name}': expected ${PROFILES.map(one => one.name).join(', ')}`)
}

export function modeNamed({ name, modes }: ReceiverProfile, mode: string): ReceiverMode {
  const found = modes[mode]
  if (found) return found
  throw new UsageError(`${name} has no mode '${mode}': expected ${Object.keys(modes).join(', ')}`)
}

export interface BinRange {
  readonly start: number
  readonly count: number
}

const MIDDLE_BINS = 3

/** The usable bins of a spectrum in the order of frequency, of a transform of so many samples. */
export function usableBins({ full, usable, center, split, real }: ReceiverMode, size: number): readonly BinRange[] {
  const share = usable / full
  const parts = real ? 2 : 1
  const start = Math.max(0, Math.floor(Math.floor((center - share / 2) * size) / parts))
  const count = Math.floor(Math.floor(size * share) / parts)
  if (!split) return [{ start, count }]
  const half = Math.floor((count - MIDDLE_BINS) / 2)
  return [
    { start, count: half },
    { start: start + half + MIDDLE_BINS, count: half },
  ]
}
