// VRT: the packets of VITA 49.0, in which instruments send samples and say what they mean.

import type { Codec } from './codec.ts'
import { VrtDecoder } from './vrt/decoder.ts'
import { vrtEncoder } from './vrt/writer.ts'

export const vrt: Codec = {
  name: 'vrt',
  summary: 'VITA 49 radio packets: samples with their frequency, rate and level',
  example: '14 60 00 08 90 00 00 03 …',
  endings: ['.vrt', '.vita49', '.v49'],
  decoder: options => new VrtDecoder(options),
  encoder: options => vrtEncoder(options),
}
