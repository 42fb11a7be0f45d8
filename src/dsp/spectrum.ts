// Samples to spectra: a stage that gathers the samples of each stream into blocks and passes on a spectrum for each.

import { placeOf } from '../codec/place.ts'
import { readMeta } from '../codec/unreadable.ts'
import { LruMap } from '../lru-map.ts'
import { type Batch, gapOf, type Meta, type Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Reject, Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import type { Averaging } from './averaging.ts'
import { numberIn, positiveIn } from './frequency-axis.ts'
import type { SamplePlaces } from './sample-stream.ts'
import { type SampleFormat, sampleFormat } from './samples.ts'
import { SpectrumMaker } from './spectrum-maker.ts'
import { isSpectrum, type SpectrumForm } from './spectrum-meta.ts'
import { TimeHoles } from './time-holes.ts'

export interface SpectrumOptions extends SpectrumForm {
  /** The share of a block that it has in common with the next: 0 … below 1. */
  readonly overlap: number
  readonly averaging: Averaging
  readonly average: number | undefined
  readonly removeMean: boolean
  /** Fill the last block up with zeros, instead of leaving its samples away. */
  readonly pad: boolean
  /** Share the transforms with a thread, where the size is a power of two. */
  readonly threaded: boolean
  /** The most spectra a packet holds, of those that come together. */
  readonly rows: number
  /** Hz, where the packets do not say. */
  readonly sampleRate: number | undefined
  /** What samples are divided by; default: integers by their full scale. */
  readonly fullScale: number | undefined
}

export interface SpectrumContext {
  readonly reject: Rejecter
  readonly count: StageCount
  /** Told once of packets that have several numbers at a time. */
  readonly warn?: (text: string) => void
  /** Which of several inputs a batch came from: its packets are no part of what came from another, whatever their names. */
  readonly inputOf?: (batch: Batch) => number | undefined
  /** A batch is done with when the next is pushed: spectra may lie in memory that is written again then. */
  readonly transient?: boolean
}

export interface SpectrumStage extends Stage {
  /** Samples so far that were in no block: before an end, a gap, a change. */
  readonly untransformed: number
  /** For whoever reads raw samples: while there is one stream. */
  places(): SamplePlaces | undefined
}

/** More would be names that are no names of streams. */
const MOST_STREAMS = 256

/** What a block has only one of, beside the dtype and the sample rate. */
const STATE = ['center_frequency', 'if_frequency', 'reference_level', 'spectral_inversion', 'unit']

/** How samples are read; the full scale is what their packet tells of it. */
type FormatOf = (dtype: string, fullScale: number | undefined) => SampleFormat | undefined

type Fault = Pick<Reject, 'reason' | 'detail'>

const TOO_MANY: Fault = {
  reason: 'too many streams',
  detail: `of other names, expected at most ${MOST_STREAMS}`,
}

/** An image has rows, a recording channels. */
const manySides = (shape: string) =>
  `packets of shape ${shape} come: their numbers are taken as one stream, not as channels beside each other`

const NO_RATE: Fault = {
  reason: 'no sample rate',
  detail: 'a density needs one: expected sample_rate in the meta, or --sample-rate',
}

/** In place of a dtype: numbers of their own, whose times tell their rate. */
const VALUE = 'value'

/** The samples of a packet. */
interface Samples {
  readonly dtype: string
  readonly format: SampleFormat
  readonly data: Uint8Array
}

interface Stream {
  readonly maker: SpectrumMaker
  /** What its maker is made for. */
  readonly kind: string
  /** Of values whose times tell their rate. */
  readonly holes: TimeHoles | undefined
  /** What must stay the same within a block, too. */
  state: string
  /** The number that the next packet should have. */
  next: number | undefined
}

/**
 * A packet with samples as data, of its `dtype`, or with one as its `value`, belongs to the stream of its `name`, of those that
 * came from the same input. A block never reaches across a gap record, a `value` that is no number, a jump of `seq`, a hole in
 * the times that tell the rate of values, or a change of what the packets say of their samples. All else is passed on.
 */
export function spectrumStage(options: SpectrumOptions, context: SpectrumContext): SpectrumStage {
  const { reject, count } = context
  const streams = new Map<string, Stream>()
  /** By the names of streams: spectra of a name are numbered through, whichever input they are from. */
  const numberings = new Map<string, { next: number }>()
  const formats = new LruMap<string, SampleFormat>(MOST_STREAMS)
  const formatOf: FormatOf = (dtype, fullScale) => {
    const key = `${dtype} ${fullScale}`
    const known = formats.get(key)
    const format = known ?? sampleFormat(dtype, { fullScale, divisor: options.fullScale })
    if (format && !known) formats.set(key, format)
    return format
  }
  let untransformed = 0

  /** Of all streams, or of those whose keys begin with this. */
  function finish(out: Packet[], start = ''): void {
    for (const [key, { maker }] of streams) if (key.startsWith(start)) untransformed += maker.finish(out)
  }

  /** A value that is none, as of a sensor that could not measure, is a sample that is missing. */
  function interrupt(meta: Meta, out: Packet[]): void {
    const stream = streams.get(keyOf(meta))
    if (stream?.kind.startsWith(VALUE)) untransformed += stream.maker.finish(out)
  }

  let isTold = false
  function tellOfSides({ shape }: Meta): void {
    if (isTold || !Array.isArray(shape) || !shape.slice(1).some(side => side !== 1)) return
    isTold = true
    context.warn?.(manySides(shape.join(' × ')))
  }

  let transient = false
  let input: number | undefined

  /** What the keys of an input's streams begin with. */
  const ofInput = () => (input === undefined ? '' : `${input} `)
  const keyOf = (meta: Meta) => ofInput() + nameOf(meta)

  function take(meta: Meta, { dtype, format, data }: Samples, out: Packet[]): Fault | undefined {
    const key = keyOf(meta)
    const sampleRate = positiveIn(meta['sample_rate']) ?? options.sampleRate
    const known = streams.get(key)
    const kind = `${dtype} ${sampleRate} ${meta['full_scale']}`
    const state = STATE.map(field => meta[field]).join(' ')
    const seq = numberIn(meta['seq'])
    const isSame = known?.kind === kind && known.state === state && (seq === undefined || seq === known.next)
    const isAfterHole = known?.holes?.isBefore(meta) === true
    const isWhole = isSame && !isAfterHole
    if (known && !isWhole) untransformed += known.maker.finish(out)
    let stream = known
    if (known?.kind !== kind) {
      const isTooMany = known === undefined && streams.size === MOST_STREAMS
      if (isTooMany) return TOO_MANY
      const isTimed = sampleRate !== undefined || (dtype === VALUE && meta['timestamp'] !== undefined)
      if (options.scale === 'psd' && !isTimed) return NO_RATE
      const numbering = numberings.get(nameOf(meta)) ?? { next: 0 }
      numberings.set(nameOf(meta), numbering)
      const hop = Math.max(1, Math.round(options.size * (1 - options.overlap)))
      tellOfSides(meta)
      stream = {
        kind,
        state,
        next: 0,
        holes: dtype === VALUE && sampleRate === undefined ? new TimeHoles() : undefined,
        maker: new SpectrumMaker({
          ...options,
          form: options,
          hop,
          format,
          sampleRate,
          count,
          numbering,
        }),
      }
      streams.set(key, stream)
    }
    if (!stream) return undefined
    stream.state = state
    stream.next = seq === undefined ? undefined : seq + 1
    stream.maker.push(meta, data, out, { transient })
    return undefined
  }

  return {
    get untransformed() {
      return untransformed
    },
    places() {
      const [only] = streams.values()
      return streams.size === 1 ? only?.maker.places : undefined
    },
    push(batch) {
      const out: Packet[] = []
      transient = context.transient === true && batch.length === 1
      input = context.inputOf?.(batch)
      for (const packet of batch) {
        const meta = readMeta(packet, reject)
        if (!meta) continue
        const samples = samplesOf(packet.data, meta, formatOf)
        if (samples === undefined) {
          if (gapOf(meta)) finish(out, ofInput())
          else if (meta['value'] !== undefined) interrupt(meta, out)
          out.push(packet)
          continue
        }
        const fault = 'reason' in samples ? samples : take(meta, samples, out)
        if (fault) reject({ place: placeOf(packet), ...fault, bytes: packet.data })
      }
      count.in += batch.length
      count.out += out.length
      return out
    },
    end() {
      const out: Packet[] = []
      finish(out)
      count.out += out.length
      return out
    },
  }
}

const nameOf = (meta: Meta): string => String(meta['name'] ?? '')

/** Of a data packet or a value; why it has none that can be read; nothing where the packet is something else. */
function samplesOf(data: Uint8Array, meta: Meta, formatOf: FormatOf): Samples | Fault | undefined {
  if (data.length === 0) {
    const value = meta['value']
    const format = formatOf('float64', undefined)
    if (typeof value !== 'number' || !format) return undefined
    return { dtype: VALUE, format, data: new Uint8Array(Float64Array.of(value).buffer) }
  }
  if (isSpectrum(meta)) return { reason: 'no samples', detail: 'but a spectrum: expected what comes before fft' }
  const { dtype = 'uint8' } = meta
  const format = typeof dtype === 'string' ? formatOf(dtype, positiveIn(meta['full_scale'])) : undefined
  if (typeof dtype !== 'string' || !format) return { reason: 'no samples', detail: `of dtype ${JSON.stringify(dtype)}` }
  if (data.length % format.bytes === 0) return { dtype, format, data }
  return {
    reason: 'no whole samples',
    detail: `${data.length} bytes of ${dtype}, expected a multiple of ${format.bytes}`,
  }
}
