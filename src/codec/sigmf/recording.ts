// The metadata of a SigMF recording: read, checked, and put into the metas of packets.

import { DataError } from '../../errors.ts'
import { isObject, type Json, type JsonObject, type Meta } from '../../packet.ts'
import type { Dtype } from '../dtype.ts'
import { dtypeOfSigmf } from './datatype.ts'
import { KEPT, keptName } from './names.ts'

/** Samples from `start` on, counted from the first of the dataset, up to the next capture. */
export interface Capture {
  readonly start: number
  /** Bytes before it that are no samples. */
  readonly headerBytes: number
  readonly fields: JsonObject
}

export interface Recording {
  readonly source: string
  readonly datatype: string
  readonly dtype: Dtype
  readonly channels: number
  /** Bytes of a sample of all channels. */
  readonly sampleSize: number
  readonly sampleRate: number | undefined
  /** The dataset's name, where it is not that of the metadata. */
  readonly dataset: string | undefined
  /** Bytes at the end of the dataset that are no samples. */
  readonly trailingBytes: number
  readonly sha512: string | undefined
  readonly captures: readonly Capture[]
  /** Sorted; `start` as that of captures. */
  readonly annotations: readonly { readonly start: number; readonly fields: JsonObject }[]
  /** Everything else that holds for the whole recording. */
  readonly fields: JsonObject
}

const KNOWN = [
  'core:datatype',
  'core:sample_rate',
  'core:num_channels',
  'core:offset',
  'core:dataset',
  'core:trailing_bytes',
  'core:sha512',
]

/** Throws a DataError that names what is missing or wrong. */
export function readRecording(text: string, source: string): Recording {
  const fail = (reason: string): never => {
    throw new DataError({ source }, reason)
  }
  const root = parse(text, fail)
  const global = isObject(root['global']) ? root['global'] : fail("no object 'global'")
  const datatype = global['core:datatype']
  if (typeof datatype !== 'string') return fail("no 'core:datatype'")
  const dtype = dtypeOfSigmf(datatype) ?? fail(`core:datatype '${datatype}', expected for example cf32_le or ri16_le`)
  if (global['core:metadata_only'] === true) fail('metadata without samples (core:metadata_only)')
  refuseExtensions(global['core:extensions'], fail)
  const offset = count(global, 'core:offset', fail) ?? 0
  const channels = count(global, 'core:num_channels', fail) ?? 1
  const rate = global['core:sample_rate']
  if (rate !== undefined && !(typeof rate === 'number' && rate > 0)) fail(`core:sample_rate ${JSON.stringify(rate)}`)
  if (channels < 1) fail('core:num_channels 0, expected at least 1')
  const dataset = global['core:dataset']
  if (typeof dataset === 'string' && /[\\/]/.test(dataset))
    fail(`core:dataset '${dataset}', expected a name without a folder`)
  const sha512 = global['core:sha512']
  return {
    source,
    datatype,
    dtype,
    channels,
    sampleSize: dtype.size * channels,
    sampleRate: typeof rate === 'number' ? rate : undefined,
    dataset: typeof dataset === 'string' ? dataset : undefined,
    trailingBytes: count(global, 'core:trailing_bytes', fail) ?? 0,
    sha512: typeof sha512 === 'string' ? sha512.toLowerCase() : undefined,
    captures: capturesOf(root['captures'], offset, fail),
    annotations: segmentsOf(root['annotations'], 'annotations', offset, fail),
    fields: Object.fromEntries(Object.entries(global).filter(([name]) => !KNOWN.includes(name))),
  }
}

type Fail = (reason: string) => never

function parse(text: string, fail: Fail): JsonObject {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    return fail(`invalid JSON: ${error instanceof Error ? error.message : error}`)
  }
  return isObject(value) ? value : fail('expected a JSON object')
}

/** What must be understood, and is not. */
function refuseExtensions(extensions: Json | undefined, fail: Fail): void {
  if (!Array.isArray(extensions)) return
  for (const extension of extensions) {
    if (isObject(extension) && extension['optional'] === false) fail(`needs the extension '${extension['name']}'`)
  }
}

function count(object: JsonObject, name: string, fail: Fail): number | undefined {
  const value = object[name]
  if (value === undefined) return undefined
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : fail(`${name} ${JSON.stringify(value)}, expected a whole number`)
}

interface Segment {
  readonly start: number
  readonly fields: JsonObject
}

function segmentsOf(list: Json | undefined, name: string, offset: number, fail: Fail): readonly Segment[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return fail(`'${name}', expected a list`)
  const segments = list.map((item: Json) => {
    const fields = isObject(item) ? item : fail(`'${name}', expected objects`)
    const start = count(fields, 'core:sample_start', fail) ?? fail(`'${name}' without 'core:sample_start'`)
    return { start: Math.max(0, start - offset), fields }
  })
  return segments.sort((a, b) => a.start - b.start)
}

/** One begins with the first sample, also where nothing is said of that. */
function capturesOf(list: Json | undefined, offset: number, fail: Fail): readonly Capture[] {
  const captures = segmentsOf(list, 'captures', offset, fail).map(segment => ({
    ...segment,
    headerBytes: count(segment.fields, 'core:header_bytes', fail) ?? 0,
  }))
  const first = { start: 0, headerBytes: 0, fields: {} }
  return captures[0]?.start === 0 ? captures : [first, ...captures]
}

/** What is said of the samples of a capture, by the names of packets. */
export function captureFields({ datatype, sampleRate }: Recording, { fields }: Capture): JsonObject {
  const frequency = fields['core:frequency']
  const place = fields['core:geolocation']
  const coordinates = isObject(place) && Array.isArray(place['coordinates']) ? place['coordinates'] : []
  const [longitude, latitude, altitude] = coordinates
  const kept = KEPT.flatMap(name => {
    const value = fields[keptName(name)]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    dtype: datatype,
    ...(sampleRate !== undefined && { sample_rate: sampleRate }),
    ...(typeof frequency === 'number' && { center_frequency: frequency }),
    ...Object.fromEntries(kept),
    ...(typeof latitude === 'number' && { latitude }),
    ...(typeof longitude === 'number' && { longitude }),
    ...(typeof altitude === 'number' && { altitude }),
  }
}

/** The time of a sample, so many after the first of its capture; nothing where the capture has none. */
export function timeOf(capture: Capture, samples: number, sampleRate: number | undefined): Meta {
  const text = capture.fields['core:datetime']
  const begun = typeof text === 'string' ? Date.parse(text) : Number.NaN
  if (Number.isNaN(begun) || typeof text !== 'string' || (samples > 0 && sampleRate === undefined)) return {}
  const digits = (/\.(\d{1,9})/.exec(text)?.[1] ?? '').padEnd(9, '0')
  const whole = BigInt(Math.floor(begun / 1000)) * 1_000_000_000n + BigInt(digits)
  const nanoseconds = whole + BigInt(Math.round((samples / (sampleRate ?? 1)) * 1e9))
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, -5)
  return {
    timestamp: `${seconds}.${(nanoseconds % 1_000_000_000n).toString().padStart(9, '0')}Z`,
    timestamp_ns: nanoseconds.toString(),
  }
}
