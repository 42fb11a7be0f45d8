// A receiver without a radio: what it is set to, what it answers, what went wrong.

import { decimated, MODES, type ReceiverMode } from './receiver-mode.ts'
import type { Hearing, Signal } from './signal.ts'

/** What a capture is made with. Frequencies in Hz, gains in dB. */
export interface Settings {
  readonly mode: ReceiverMode
  readonly frequency: number
  readonly shift: number
  readonly decimation: number
  readonly attenuation: number
  readonly gain: number
  readonly samplesPerPacket: number
  readonly packetsPerBlock: number
}

export interface SweepEntry extends Settings {
  readonly stop: number
  readonly step: number
}

export type CaptureKind = 'block' | 'stream' | 'sweep'

/** Who makes captures; `id` is sent before their first packet. */
export interface CaptureEngine {
  readonly running: CaptureKind | undefined
  start(kind: CaptureKind, id: number): void
  stop(): void
  /** What has been captured and not been sent is thrown away. */
  flush(): void
}

/** dBm of full scale without attenuation and gain. */
const FULL_SCALE = -20
export const ATTENUATOR = 20
const CELSIUS = 36.5

const ZIF = MODES[0] ?? { name: 'ZIF', sampleRate: 125e6, stream: 0x9000_0003, complex: true, centre: 0, bits: 14 }

export const DEFAULTS: Settings = {
  mode: ZIF,
  frequency: 2.4e9,
  shift: 0,
  decimation: 1,
  attenuation: ATTENUATOR,
  gain: 0,
  samplesPerPacket: 1024,
  packetsPerBlock: 1,
}

export class SimulatedReceiver {
  readonly identity: readonly [string, string, string, string] = [
    'daqutils',
    'WSA5000-408 simulated',
    '000000-001',
    '4.8.5',
  ]
  readonly temperature = CELSIUS
  readonly signal: Signal
  readonly engine: CaptureEngine
  settings: Settings = DEFAULTS
  entries: SweepEntry[] = []
  /** The entry that is being put together. */
  draft: SweepEntry = { ...DEFAULTS, stop: DEFAULTS.frequency, step: 100e6 }
  iterations = 0
  readonly errors: string[] = []

  constructor(signal: Signal, engine: CaptureEngine) {
    this.signal = signal
    this.engine = engine
  }

  reset(): void {
    this.engine.stop()
    this.settings = DEFAULTS
    this.entries = []
    this.iterations = 0
    this.errors.length = 0
  }
}

/** How samples come out with these settings. */
export function hearingOf({ mode, decimation, frequency, shift, attenuation, gain }: Settings): Hearing {
  return {
    mode: decimated(mode, decimation),
    frequency: frequency + shift,
    referenceLevel: FULL_SCALE + attenuation - gain,
  }
}
