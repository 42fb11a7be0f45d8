// What context packets have said so far, and what it means for the packets of data that follow.

import { isObject, type Json, type JsonObject } from '../../packet.ts'
import { dtypeNamed } from '../dtype.ts'
import { layoutOf, type SampleLayout } from './layout.ts'
import { formatOfDtype, formatOfFields, PLAIN } from './payload.ts'
import { contextsFor, thinkRfPayload } from './thinkrf.ts'

/** What holds for a data packet. The same object as long as nothing changes. */
export interface StreamState {
  readonly layout: SampleLayout
  /** ThinkRF's name of the payload. */
  readonly payload: string | undefined
  readonly sampleRate: number | undefined
  /** By the names that packets have in their meta. */
  readonly meta: JsonObject
}

export interface Assumed {
  /** Of streams whose packets do not tell it. */
  readonly dtype?: string | undefined
  readonly sampleRate?: number | undefined
  /** Fields of context packets that hold for all streams, until they say otherwise. */
  readonly beforehand?: JsonObject
}

/** The names that are the same in a context packet and in the meta of data. */
const SAME = [
  'bandwidth',
  'if_frequency',
  'if_band_offset',
  'reference_level',
  'gain',
  'temperature',
  'iq_swapped',
  'stream_start',
  'sweep_start',
] as const

/** What of a context packet is kept: what can matter for packets that follow. */
const KEPT: ReadonlySet<string> = new Set([
  ...SAME,
  'payload_format',
  'sample_rate',
  'rf_frequency',
  'rf_offset',
  'gps',
])

const PLACE = ['latitude', 'longitude', 'altitude'] as const

export class Contexts {
  readonly #assumed: Assumed
  readonly #assumedLayout: SampleLayout
  readonly #said = new Map<number, JsonObject>()
  readonly #states = new Map<number | undefined, StreamState>()

  constructor(assumed: Assumed = {}) {
    this.#assumed = assumed
    this.#assumedLayout = assumedLayout(assumed.dtype)
  }

  /** From now on; what is said again changes nothing. */
  apply(stream: number, context: JsonObject): void {
    const before = this.#said.get(stream)
    const news = Object.entries(context).filter(([name, value]) => KEPT.has(name) && !isSame(value, before?.[name]))
    if (news.length === 0) return
    this.#said.set(stream, { ...before, ...Object.fromEntries(news) })
    this.#states.clear()
  }

  stateOf(stream: number | undefined): StreamState {
    const known = this.#states.get(stream)
    if (known) return known
    const state = this.#make(stream)
    this.#states.set(stream, state)
    return state
  }

  /** What is added to the frequency of a stream, in Hz. */
  offsetOf(stream: number): number {
    return numberIn(this.#saidOf(stream), 'rf_offset') ?? 0
  }

  #saidOf(stream: number | undefined): JsonObject {
    const streams = stream === undefined ? [] : [...contextsFor(stream), stream]
    return Object.assign({}, this.#assumed.beforehand, ...streams.map(id => this.#said.get(id)))
  }

  #make(stream: number | undefined): StreamState {
    const said = this.#saidOf(stream)
    const payload = thinkRfPayload(stream)
    const layout = sentLayout(said['payload_format']) ?? payload?.layout ?? this.#assumedLayout
    const bandwidth = numberIn(said, 'bandwidth')
    const implied = bandwidth !== undefined && payload?.rate !== undefined ? bandwidth * payload.rate : undefined
    const sampleRate = numberIn(said, 'sample_rate') ?? implied ?? this.#assumed.sampleRate
    const frequency = numberIn(said, 'rf_frequency')
    const meta: Record<string, Json> = {}
    if (sampleRate !== undefined) meta['sample_rate'] = sampleRate
    if (frequency !== undefined) meta['center_frequency'] = frequency + (numberIn(said, 'rf_offset') ?? 0)
    for (const name of SAME) if (said[name] !== undefined) meta[name] = said[name]
    const { gps } = said
    for (const name of PLACE) if (isObject(gps) && typeof gps[name] === 'number') meta[name] = gps[name]
    return { layout, payload: payload?.layout === layout ? payload.name : undefined, sampleRate, meta }
  }
}

function isSame(a: Json, b: Json | undefined): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

function sentLayout(format: Json | undefined): SampleLayout | undefined {
  return isObject(format) ? layoutOf(formatOfFields(format)) : undefined
}

/** Where nothing else is said, pairs of 16-bit integers. A little-endian dtype is taken at its word. */
function assumedLayout(name: string | undefined): SampleLayout {
  const dtype = name === undefined ? undefined : dtypeNamed(name)
  const format = dtype && formatOfDtype(dtype)
  if (!format || !dtype) return layoutOf(PLAIN)
  const layout = layoutOf(format)
  return /_le$/.test(name ?? '') ? { ...layout, dtype: name ?? layout.dtype } : layout
}

function numberIn(object: JsonObject, name: string): number | undefined {
  const value = object[name]
  return typeof value === 'number' ? value : undefined
}
