// Samples of packets as a SigMF recording: the bytes of its dataset, and in the end its metadata.

import { gapOf, isObject, type Json, type JsonObject, type Meta, type Packet } from '../../packet.ts'
import { type Dtype, dtypeNamed } from '../dtype.ts'
import { sigmfName } from './datatype.ts'
import { EXTENSION, KEPT, keptName, VERSION } from './names.ts'

/** Why a packet is not in the recording. */
export interface Refusal {
  readonly reason: 'no samples' | 'no whole samples' | 'another dtype' | 'another sample rate' | 'too much metadata'
  readonly detail: string
}

/** Characters of captures and annotations, which are kept until the end and are a single text then. */
export const MOST_TEXT = 2 ** 26
/** Of the recording as a whole. */
export const MOST_FIELDS = 1024
/** A line of theirs is indented further by so much where it stands in the end. */
const INDENTED = 4

/** Times that only have milliseconds are as far off as those who took them. */
const COARSE_NS = 50_000_000n
const FINE_NS = 1_000n
const SECOND_NS = 1e9

/** A recording has one dtype, one sample rate and one number of channels: those of its first samples. */
export class Recorder {
  #dtype: Dtype | undefined
  #datatype = ''
  #channels = 1
  #sampleRate: number | undefined
  #samples = 0
  readonly #captures: JsonObject[] = []
  readonly #annotations: JsonObject[] = []
  #global: JsonObject = {}
  /** What the samples so far say of those that should follow. */
  #fields: JsonObject = {}
  #next: { readonly time: bigint; readonly first: bigint } | undefined
  #interrupted = false
  /** Of captures and annotations. */
  #text = 0

  /** The bytes to be added to the dataset, or why there are none. What speaks of samples is no loss. */
  push({ meta, data }: Packet): Uint8Array | Refusal | undefined {
    const gap = gapOf(meta)
    if (gap) return this.#interrupt()
    if (isObject(meta['context'])) return undefined
    if (isObject(meta['instrument'])) return this.#describe(meta['instrument'])
    return this.#record(meta, data)
  }

  /** Everything that was written. */
  metadata({ sha512 }: { readonly sha512?: string | undefined } = {}): string {
    const global = {
      'core:datatype': this.#datatype || 'cf32_le',
      ...(this.#sampleRate !== undefined && { 'core:sample_rate': this.#sampleRate }),
      'core:version': VERSION,
      ...(this.#channels > 1 && { 'core:num_channels': this.#channels }),
      ...(sha512 !== undefined && { 'core:sha512': sha512 }),
      'core:recorder': EXTENSION.name,
      ...this.#global,
      'core:extensions': extensionsOf(this.#global['core:extensions']),
    }
    return `${JSON.stringify({ global, captures: this.#captures, annotations: this.#annotations }, undefined, 2)}\n`
  }

  get samples(): number {
    return this.#samples
  }

  #interrupt(): undefined {
    this.#interrupted = true
  }

  #describe(instrument: JsonObject): undefined {
    const words = ['manufacturer', 'model', 'serial', 'firmware'].flatMap(name => instrument[name] ?? [])
    this.#global = { ...this.#global, 'core:hw': words.join(' ') }
  }

  #record(meta: Meta, data: Uint8Array): Uint8Array | Refusal {
    const refused = this.#begin(meta, data)
    if (refused) return refused
    const size = (this.#dtype?.size ?? 1) * this.#channels
    const samples = data.length / size
    const capture = this.#captureOf(meta)
    const annotations = this.#annotationsOf(meta['annotations'])
    const text = lengthOf(capture ? [capture, ...annotations] : annotations)
    if (this.#text + text > MOST_TEXT) {
      // What follows cannot go on where this would have ended.
      this.#interrupted = true
      return tooMuch(`${MOST_TEXT} characters of captures and annotations`)
    }
    this.#text += text
    if (capture) this.#enter(capture, meta)
    this.#annotations.push(...annotations)
    this.#samples += samples
    this.#expect(meta, samples)
    return data
  }

  /** Fixes the form of the recording by its first samples, and holds the others against it. */
  #begin(meta: Meta, data: Uint8Array): Refusal | undefined {
    const { dtype: name = 'uint8', sample_rate: rate } = meta
    if (data.length === 0) return { reason: 'no samples', detail: 'a packet without data' }
    const dtype = typeof name === 'string' ? dtypeNamed(name) : undefined
    const datatype = dtype && sigmfName(dtype)
    if (!dtype || datatype === undefined)
      return { reason: 'another dtype', detail: `${name}, which SigMF has no name for` }
    const channels = channelsOf(meta['shape'])
    const size = dtype.size * channels
    if (data.length % size !== 0) {
      this.#interrupted = true
      return { reason: 'no whole samples', detail: `${data.length} bytes, expected a multiple of ${size}` }
    }
    if (this.#dtype === undefined) {
      this.#dtype = dtype
      this.#datatype = datatype
      this.#channels = channels
    } else if (datatype !== this.#datatype || channels !== this.#channels) {
      const expected = `${this.#datatype} of ${this.#channels} channels`
      return { reason: 'another dtype', detail: `${datatype} of ${channels} channels, expected ${expected}` }
    }
    this.#sampleRate ??= typeof rate === 'number' ? rate : undefined
    if (typeof rate === 'number' && rate !== this.#sampleRate)
      return { reason: 'another sample rate', detail: `${rate} Hz, expected ${this.#sampleRate} Hz` }
    const { sigmf } = meta
    const global = isObject(sigmf) ? { ...this.#global, ...sigmf } : this.#global
    if (Object.keys(global).length > MOST_FIELDS) return tooMuch(`${MOST_FIELDS} fields of sigmf`)
    this.#global = global
    return undefined
  }

  /** A capture begins where something is not as it was, or where samples are missing. */
  #captureOf(meta: Meta): JsonObject | undefined {
    const fields = fieldsOf(meta)
    const time = nanosecondsOf(meta)
    const isNew = this.#captures.length === 0 || this.#interrupted || this.#jumps(meta, time)
    if (!isNew && JSON.stringify(fields) === JSON.stringify(this.#fields)) return undefined
    const index = isNew ? this.#globalIndex(time) : undefined
    return {
      'core:sample_start': this.#samples,
      ...(index !== undefined && { 'core:global_index': index }),
      ...(time !== undefined && { 'core:datetime': datetime(time) }),
      ...fields,
    }
  }

  #enter(capture: JsonObject, meta: Meta): void {
    const time = nanosecondsOf(meta)
    this.#captures.push(capture)
    this.#fields = fieldsOf(meta)
    this.#interrupted = false
    if (time !== undefined) this.#next = { time, first: this.#next?.first ?? time }
  }

  /** Whether samples are not those that should come now. */
  #jumps(meta: Meta, time: bigint | undefined): boolean {
    if (time === undefined || !this.#next) return false
    const off = time > this.#next.time ? time - this.#next.time : this.#next.time - time
    const sample = BigInt(Math.ceil(SECOND_NS / (this.#sampleRate ?? SECOND_NS)))
    return off > sample + (meta['timestamp_ns'] === undefined ? COARSE_NS : FINE_NS)
  }

  /** Counted from the first sample of the recording by the clock; nothing where it tells no more than the dataset. */
  #globalIndex(time: bigint | undefined): number | undefined {
    const first = this.#next?.first
    if (time === undefined || first === undefined || this.#sampleRate === undefined || time < first) return undefined
    const index = Math.round((Number(time - first) / SECOND_NS) * this.#sampleRate)
    return index > this.#samples ? index : undefined
  }

  #expect(meta: Meta, samples: number): void {
    const time = nanosecondsOf(meta)
    if (time === undefined || this.#sampleRate === undefined) return
    const length = BigInt(Math.round((samples / this.#sampleRate) * SECOND_NS))
    this.#next = { time: time + length, first: this.#next?.first ?? time }
  }

  #annotationsOf(annotations: Json | undefined): readonly JsonObject[] {
    if (!Array.isArray(annotations)) return []
    return annotations.filter(isObject).map(annotation => {
      const start = annotation['core:sample_start']
      const first = this.#samples + (typeof start === 'number' ? start : 0)
      return { ...annotation, 'core:sample_start': first }
    })
  }
}

function tooMuch(most: string): Refusal {
  return { reason: 'too much metadata', detail: `expected at most ${most}` }
}

/** Characters of objects as they are printed in the end. */
function lengthOf(objects: readonly JsonObject[]): number {
  let length = 0
  for (const object of objects) {
    const text = JSON.stringify(object, undefined, 2)
    length += text.length + (text.split('\n').length + 1) * INDENTED
  }
  return length
}

function extensionsOf(given: Json | undefined): readonly Json[] {
  const others = Array.isArray(given) ? given.filter(one => !isObject(one) || one['name'] !== EXTENSION.name) : []
  return [...others, EXTENSION]
}

function channelsOf(shape: Json | undefined): number {
  const [, ...inner] = Array.isArray(shape) ? shape : []
  return inner.reduce((product: number, side: Json) => product * (typeof side === 'number' && side > 0 ? side : 1), 1)
}

/** What a capture says of its samples. */
function fieldsOf(meta: Meta): JsonObject {
  const { center_frequency: frequency, latitude, longitude, altitude } = meta
  const fields: Record<string, Json> = {}
  if (typeof frequency === 'number') fields['core:frequency'] = frequency
  if (typeof latitude === 'number' && typeof longitude === 'number') {
    const coordinates = [longitude, latitude, ...(typeof altitude === 'number' ? [altitude] : [])]
    fields['core:geolocation'] = { type: 'Point', coordinates }
  }
  for (const name of KEPT) {
    const value = meta[name]
    if (value !== undefined && value !== null) fields[keptName(name)] = value
  }
  return fields
}

function nanosecondsOf({ timestamp_ns: exact, timestamp }: Meta): bigint | undefined {
  if (typeof exact === 'string' && /^\d{1,20}$/.test(exact)) return BigInt(exact)
  const milliseconds = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  if (!(milliseconds >= 0)) return undefined
  // A date keeps no more than three digits of them.
  const finer = /\.\d{3}(\d{1,6})/.exec(String(timestamp))?.[1] ?? ''
  return BigInt(milliseconds) * 1_000_000n + BigInt(finer.padEnd(6, '0'))
}

function datetime(nanoseconds: bigint): string {
  const seconds = new Date(Number(nanoseconds / 1_000_000_000n) * 1000).toISOString().slice(0, -5)
  return `${seconds}.${(nanoseconds % 1_000_000_000n).toString().padStart(9, '0')}Z`
}
