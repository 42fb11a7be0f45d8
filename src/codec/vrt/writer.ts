// Packets to VRT packets: those that came as such as they are, others with the context they need before them.

import type { Place } from '../../errors.ts'
import { type Batch, gapOf, isObject, type JsonObject, type Meta, type Packet } from '../../packet.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Encoder } from '../../stream/step.ts'
import type { EncodeOptions } from '../codec.ts'
import { DTYPE_NAMES, type Dtype, dtypeNamed } from '../dtype.ts'
import { readMeta } from '../unreadable.ts'
import { announcements } from './announce.ts'
import { writeBody } from './body.ts'
import { Contexts, type StreamState } from './contexts.ts'
import { countOf, isContextType, typeOf } from './header.ts'
import { layoutOf, type SampleLayout } from './layout.ts'
import { VrtContext, VrtData, VrtPacket } from './packet.ts'
import { formatOfDtype } from './payload.ts'
import { Runs } from './runs.ts'
import { fits, piecesOf } from './samples.ts'
import { Streams, TOO_MANY } from './streams.ts'
import { later } from './time.ts'
import { type Body, endsOf, overheadOf, type Wire, wireOf } from './wire.ts'
import { BadValue } from './words.ts'

export function vrtEncoder(options: EncodeOptions): Encoder {
  return new VrtWriter(options.reject)
}

const MODULUS = 16

class VrtWriter implements Encoder {
  readonly #reject: Rejecter
  readonly #streams = new Streams()
  /** What readers of the output know. */
  readonly #contexts = new Contexts()
  /** The next count of each counter. */
  readonly #counts = new Map<number, number>()
  /** What packets that are passed on as they came were known to be when they came. */
  readonly #passed = new Map<number, StreamState>()
  #out = new Runs()

  constructor(reject: Rejecter) {
    this.#reject = reject
  }

  push(batch: Batch): readonly Uint8Array[] {
    this.#out = new Runs()
    for (const packet of batch) this.#write(packet)
    return this.#out.finish()
  }

  #write(packet: Packet): void {
    try {
      if (packet instanceof VrtPacket && this.#pass(packet)) return
      const meta = readMeta(packet, this.#reject)
      if (meta) this.#encode(meta, packet)
    } catch (error) {
      if (!(error instanceof BadValue)) throw error
      this.#reject({ place: placeOf(packet), reason: 'no VRT', detail: error.message, bytes: new Uint8Array(0) })
    }
  }

  /** As it came, if that means the same to a reader of the output. */
  #pass(packet: VrtPacket): boolean {
    const { word, stream, buffer, start, end } = packet
    if (packet instanceof VrtData) {
      if (packet.state.layout.dtype.endsWith('_le')) return false
      this.#admit(stream)
      if (stream !== undefined && this.#passed.get(stream) !== packet.state) {
        this.#passed.set(stream, packet.state)
        this.#announce(stream, packet.meta, packet.state.layout)
      }
    } else {
      this.#admit(stream)
      if (packet instanceof VrtContext && stream !== undefined) this.#contexts.apply(stream, packet.context)
    }
    this.#counts.set(counterOf(typeOf(word), stream), (countOf(word) + 1) % MODULUS)
    this.#out.pass(buffer, start, end)
    return true
  }

  #encode(meta: Meta, { data }: Packet): void {
    const gap = gapOf(meta)
    if (gap) {
      this.#leaveOut(gap.lost)
      return
    }
    const wire = wireOf(meta)
    this.#admit(wire.stream)
    const context = meta['context']
    if (isContextType(wire.type)) this.#encodeContext(wire, isObject(context) ? context : {})
    else if (data.length > 0 || isObject(meta['vrt'])) this.#encodeData(wire, meta, data)
    else throw new BadValue('no samples and no context')
  }

  /** Throws a BadValue where there are too many others. */
  #admit(stream: number | undefined): void {
    const refusal = this.#streams.refusal(stream)
    if (refusal !== undefined) throw new BadValue(`${TOO_MANY}: ${refusal}`)
    this.#streams.add(stream)
  }

  #encodeContext(wire: Wire, context: JsonObject): void {
    const { type, stream = 0 } = wire
    const bytes = writeBody(type, stream, context)
    this.#contexts.apply(stream, context)
    this.#put(wire, { bytes, padding: 0 })
  }

  #encodeData(wire: Wire, meta: Meta, data: Uint8Array): void {
    const dtype = dtypeOf(meta)
    const { stream } = wire
    if (data.length % dtype.size > 0)
      throw new BadValue(`${data.length} bytes, expected whole elements of ${dtype.size}`)
    const layout = this.#layoutFor(stream, dtype, meta)
    if (stream !== undefined) this.#announce(stream, meta, layout, wire)
    const { sampleRate } = this.#contexts.stateOf(stream)
    const full = meta['full_scale']
    const scale = typeof full === 'number' && full > 0 && layout.fullScale !== undefined ? layout.fullScale / full : 1
    for (const { body, first } of piecesOf(data, { dtype, layout, scale, overhead: overheadOf(wire) })) {
      const count = first === 0 ? wire.count : undefined
      this.#put({ ...wire, count, stamp: later(wire.stamp, first, sampleRate) }, body)
    }
  }

  /** The one that readers expect, if it will do; else that of the dtype, which has to be announced. */
  #layoutFor(stream: number | undefined, dtype: Dtype, meta: Meta): SampleLayout {
    const { layout } = this.#contexts.stateOf(stream)
    if (fits(dtype, layout)) return layout
    const format = formatOfDtype(dtype)
    if (!format) throw new BadValue(`dtype ${meta['dtype']} cannot be sent`)
    if (stream === undefined) throw new BadValue(`dtype ${meta['dtype']} without a stream_id, expected ${layout.dtype}`)
    const shape = meta['shape']
    const vector = Array.isArray(shape) && shape.length === 2 && typeof shape[1] === 'number' ? shape[1] : 1
    return layoutOf(vector > 1 && vector <= 65536 ? { ...format, vector } : format)
  }

  #announce(stream: number, meta: Meta, layout: SampleLayout, before: Wire = wireOf(meta)): void {
    for (const { type, stream: owner, body } of announcements(this.#contexts, stream, meta, layout)) {
      const { stamp } = before
      const wire = { type, stream: owner, count: undefined, classId: undefined, stamp, coarse: false, reserved: 0 }
      this.#put({ ...wire, trailer: undefined }, { bytes: body, padding: 0 })
    }
  }

  #put(wire: Wire, body: Body): void {
    const counter = counterOf(wire.type, wire.stream)
    const count = wire.count ?? this.#counts.get(counter) ?? 0
    const { head, tail } = endsOf(wire, count, body)
    this.#counts.set(counter, (count + 1) % MODULUS)
    this.#out.add(head)
    this.#out.add(body.bytes)
    this.#out.add(tail)
  }

  /** What is missing here is missing for readers, too: their counters show it, up to fifteen packets. */
  #leaveOut(lost: number): void {
    const step = Math.min(lost, MODULUS - 1)
    for (const [counter, next] of this.#counts) {
      if (counter % 2 === 0) this.#counts.set(counter, (next + step) % MODULUS)
    }
  }
}

/** A number for each counter; those of data are even. */
function counterOf(type: number, stream: number | undefined): number {
  return (stream ?? 2 ** 32) * 2 + (isContextType(type) ? 1 : 0)
}

function dtypeOf(meta: Meta): Dtype {
  const { dtype: name = 'uint8' } = meta
  const dtype = typeof name === 'string' ? dtypeNamed(name) : undefined
  if (dtype) return dtype
  throw new BadValue(`dtype ${JSON.stringify(name)}, expected ${DTYPE_NAMES.join(', ')}`)
}

function placeOf(packet: Packet): Place {
  const place: unknown = 'place' in packet ? packet.place : undefined
  return isPlace(place) ? place : { source: 'output' }
}

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'source' in value && typeof value.source === 'string'
}
