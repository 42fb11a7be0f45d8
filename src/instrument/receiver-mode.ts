// The ways in which ThinkRF's receivers work: what they send, how fast, and where the centre frequency comes to lie.

/** Of the first stage of conversion: zero intermediate frequency, super-heterodyne, and so on. */
export interface ReceiverMode {
  readonly name: string
  /** Hz, before decimation. */
  readonly sampleRate: number
  /** The stream of its samples without decimation. */
  readonly stream: number
  readonly complex: boolean
  /** Where the centre frequency lies in the samples, in Hz. */
  readonly centre: number
  readonly bits: number
}

const I14Q14 = 0x9000_0003
const I14 = 0x9000_0005
const I24 = 0x9000_0006
const ADC = 125e6
const HDR = 325_520

export const MODES: readonly ReceiverMode[] = [
  { name: 'ZIF', sampleRate: ADC, stream: I14Q14, complex: true, centre: 0, bits: 14 },
  { name: 'SH', sampleRate: ADC, stream: I14, complex: false, centre: 35e6, bits: 14 },
  { name: 'SHN', sampleRate: ADC, stream: I14, complex: false, centre: 35e6, bits: 14 },
  { name: 'HDR', sampleRate: HDR, stream: I24, complex: false, centre: 0.50176 * (HDR / 2), bits: 24 },
  { name: 'DD', sampleRate: ADC, stream: I14, complex: false, centre: 0, bits: 14 },
]

export const MODE_NAMES = MODES.map(({ name }) => name)
export const DECIMATIONS = [1, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const

/** What is sent: a decimated stream has been brought to zero frequency, and is complex. */
export function decimated(mode: ReceiverMode, decimation: number): ReceiverMode {
  if (decimation === 1) return mode
  return { ...mode, sampleRate: mode.sampleRate / decimation, stream: I14Q14, complex: true, centre: 0, bits: 14 }
}

/** The bandwidth that the digitizer tells: of real samples half the rate. */
export function bandwidthOf({ sampleRate, complex }: ReceiverMode): number {
  return complex ? sampleRate : sampleRate / 2
}
