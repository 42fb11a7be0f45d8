// The words of packets over HTTP: headers, parameters of questions, content types.

import { gapOf, type Meta, type Packet } from '../../packet.ts'

/** Headers of answers, and of packets that are posted. */
export const HEADER = {
  /** Of one run of a writer: numbers of another one mean nothing to it. */
  stream: 'daq-stream',
  /** The number of the first packet in the body. */
  from: 'daq-from',
  /** What to ask for next. */
  next: 'daq-next',
  /** Packets that are missing before the body; a gap record at its beginning says why. */
  lost: 'daq-lost',
  /** The number of the answer. */
  answer: 'daq-answer',
  /** Nothing more will come. */
  end: 'daq-end',
  /** What the first packet is: see packetType. */
  packet: 'daq-packet',
  /** The meta of the one packet whose data are the body. */
  meta: 'daq-meta',
} as const

const NDJSON_TYPE = 'application/x-ndjson'
const RAW_TYPE = 'application/octet-stream'

/** By the names of the codecs; `frame` is what the subtype says, for whoever knows it. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ndjson: NDJSON_TYPE,
  frame: 'application/vnd.daqutils.frame',
  csv: 'text/csv',
  vrt: 'application/vnd.daqutils.vrt',
}

export function contentType(format: string): string {
  return CONTENT_TYPES[format] ?? RAW_TYPE
}

/** The format that `Accept` asks for, where it names one; `packet` is the data of one packet alone. */
export function acceptedFormat(accept: string): string | undefined {
  const types = accept.split(',').map(type => type.split(';', 1)[0]?.trim() ?? '')
  for (const type of types) {
    if (type === RAW_TYPE) return 'packet'
    if (type === 'application/json') return 'ndjson'
    const format = Object.keys(CONTENT_TYPES).find(name => CONTENT_TYPES[name] === type)
    if (format !== undefined) return format
  }
  return undefined
}

/** What a packet is, in a word: a gap record, a spectrum, samples, a value, or any other record. */
export function packetType(meta: Meta): string {
  if (gapOf(meta)) return 'gap'
  if ('frequency_step' in meta) return 'spectrum'
  if ('dtype' in meta) return 'samples'
  return 'value' in meta ? 'value' : 'record'
}

/** Longer headers are more than many clients take. */
const LONGEST_META = 6144

/** The meta of a packet as a header: JSON in ASCII, or nothing where it is too long for one. */
export function metaHeader({ meta }: Packet): string | undefined {
  const text = JSON.stringify(meta).replace(
    /[^ -~]/g,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return text.length > LONGEST_META ? undefined : text
}
