// iq: complex samples of tones in noise, as a receiver would deliver them.

import { UsageError } from '../errors.ts'
import type { JsonObject } from '../packet.ts'
import { parseCount, parseNumber } from '../units.ts'
import type { ProbeKind, ProbeSpec } from './probe.ts'
import { probeParam } from './spec.ts'

interface Tone {
  /** Cycles a sample. */
  readonly frequency: number
  readonly amplitude: number
}

const RATE = 1e6
const SAMPLES = 4096

const rateOf = (spec: ProbeSpec) => probeParam(spec, 'rate', parseNumber, RATE)
const samplesOf = (spec: ProbeSpec) => probeParam(spec, 'samples', parseCount, SAMPLES)

export const iq: ProbeKind = {
  name: 'iq',
  summary: 'frames of complex64 samples: tones in noise',
  example: 'iq?rate=2.4M&tones=100k:-20&noise=-80',
  params: [
    { name: 'rate', argument: 'HZ', summary: 'samples a second, default 1M; also given by --rate' },
    { name: 'samples', argument: 'N', summary: 'in a frame, default 4096; the interval follows from it' },
    { name: 'tones', argument: 'HZ:DBFS,…', summary: 'frequencies from the centre and their levels, default 100k:-20' },
    { name: 'noise', argument: 'DBFS', summary: 'level of all noise together, default -60; none is without' },
    { name: 'center', argument: 'HZ', summary: 'put into the meta as center_frequency' },
  ],
  interval: spec => (samplesOf(spec) / rateOf(spec)) * 1000,
  make(spec, { random }) {
    const rate = rateOf(spec)
    const samples = samplesOf(spec)
    if (!(rate > 0)) throw new UsageError(`probe ${spec.text}: rate: expected more than 0`)
    if (samples === 0) throw new UsageError(`probe ${spec.text}: samples: expected 1 or more`)
    const tones = (spec.params.get('tones') ?? '100k:-20').split(',').map(text => parseTone(spec, text, rate))
    const level = spec.params.get('noise') === 'none' ? undefined : probeParam(spec, 'noise', parseNumber, -60)
    const deviation = level === undefined ? 0 : 10 ** (level / 20) / Math.SQRT2
    const center = spec.params.get('center')
    const fields: JsonObject = {
      dtype: 'complex64',
      shape: [samples],
      sample_rate: rate,
      ...(center !== undefined && { center_frequency: probeParam(spec, 'center', parseNumber, 0) }),
    }
    let first = 0
    return {
      read() {
        const signal = new Float32Array(2 * samples)
        for (const tone of tones) addTone(signal, tone, first)
        if (deviation > 0) {
          for (let at = 0; at < signal.length; at++) signal[at] = (signal[at] ?? 0) + deviation * random.gaussian()
        }
        first += samples
        return { fields, data: new Uint8Array(signal.buffer) }
      },
    }
  },
}

function parseTone(spec: ProbeSpec, text: string, rate: number): Tone {
  const [frequency = '', level = '-20'] = text.split(':')
  try {
    return { frequency: parseNumber(frequency) / rate, amplitude: 10 ** (parseNumber(level) / 20) }
  } catch (error) {
    throw new UsageError(`probe ${spec.text}: tone '${text}': expected for example 100k:-20`, { cause: error })
  }
}

/** amplitude · exp(j 2π frequency n) for the samples from n = first on; phase is exact at each frame's start. */
function addTone(signal: Float32Array, { frequency, amplitude }: Tone, first: number): void {
  const start = (frequency * first) % 1
  for (let index = 0; index < signal.length / 2; index++) {
    const angle = 2 * Math.PI * (start + frequency * index)
    signal[2 * index] = (signal[2 * index] ?? 0) + amplitude * Math.cos(angle)
    signal[2 * index + 1] = (signal[2 * index + 1] ?? 0) + amplitude * Math.sin(angle)
  }
}
