// Names of SigMF's metadata that are names of packets, too, and our own extension for those that SigMF lacks.

/** The specification that is followed. */
export const VERSION = '1.2.5'

/** Fields of captures that SigMF has no names for. */
export const EXTENSION = { name: 'daqutils', version: '0.1.0', optional: true } as const

/** Names of packets' metas that are kept with a capture, as `daqutils:NAME`: a change begins another capture. */
export const KEPT = [
  'full_scale',
  'reference_level',
  'bandwidth',
  'gain',
  'if_frequency',
  'spectral_inversion',
  'stream_id',
  'name',
  'unit',
] as const

export const keptName = (name: string) => `${EXTENSION.name}:${name}`
