// Packets that are still the VRT packets they came as: looked into only when somebody asks.

import type { Place } from '../../errors.ts'
import type { Json, JsonObject, Meta, Packet } from '../../packet.ts'
import { NO_DATA } from '../../packet.ts'
import type { StreamState } from './contexts.ts'
import {
  CLASS_BIT,
  countOf,
  fractionKindOf,
  hasStream,
  hasTrailer,
  isContextType,
  MODE_BIT,
  prologueWords,
  reservedBits,
  secondsKindOf,
  typeOf,
  WORD,
  wordText,
} from './header.ts'
import { indicators, SAMPLE_LOSS } from './indicators.ts'
import { shapeOf } from './layout.ts'
import { unpack } from './packing.ts'
import { FRACTION_KINDS, instantOf, SECONDS_KINDS, type Stamp, timeFields } from './time.ts'

/** By the type's number. */
export const TYPE_NAMES = ['data', 'data', 'extension-data', 'extension-data', 'context', 'extension-context'] as const

/** Where a packet lies: `base` is the number of bytes before `buffer` in the source. */
export interface Origin {
  readonly source: string
  readonly base: number
}

/** The bytes from `start` to `end` of `buffer`, whose header has been checked. */
export abstract class VrtPacket implements Packet {
  readonly buffer: Buffer
  readonly start: number
  readonly end: number
  readonly origin: Origin
  readonly word: number
  abstract readonly meta: Meta
  abstract readonly data: Uint8Array

  constructor(buffer: Buffer, start: number, end: number, origin: Origin) {
    this.buffer = buffer
    this.start = start
    this.end = end
    this.origin = origin
    this.word = buffer.readUInt32BE(start)
  }

  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end)
  }

  get place(): Place {
    return { source: this.origin.source, offset: this.origin.base + this.start }
  }

  get stream(): number | undefined {
    return hasStream(typeOf(this.word)) ? this.buffer.readUInt32BE(this.start + WORD) : undefined
  }

  /** Where what follows the timestamp begins. */
  get bodyStart(): number {
    return this.start + prologueWords(this.word) * WORD
  }

  get stamp(): Stamp {
    const { word, buffer } = this
    const secondsKind = secondsKindOf(word)
    const fractionKind = fractionKindOf(word)
    const fractionAt = this.bodyStart - (fractionKind === 0 ? 0 : 2 * WORD)
    return {
      secondsKind,
      seconds: secondsKind === 0 ? 0 : buffer.readUInt32BE(fractionAt - WORD),
      fractionKind,
      fraction: fractionKind === 0 ? 0n : buffer.readBigUInt64BE(fractionAt),
    }
  }

  /** Bits at the end of the payload that belong to no item (VITA 49.2 keeps their number in the class identifier). */
  get padding(): number {
    return (this.word & CLASS_BIT) === 0 ? 0 : this.buffer.readUInt32BE(this.#classStart) >>> 27
  }

  get #classStart(): number {
    return this.start + (hasStream(typeOf(this.word)) ? 2 : 1) * WORD
  }

  /** The packet's own time and stream, by the names of packets. */
  protected ownFields(sampleRate: number | undefined): Record<string, Json> {
    const instant = instantOf(this.stamp, sampleRate)
    const { stream } = this
    return {
      ...(instant && timeFields(instant)),
      ...(stream !== undefined && { stream_id: wordText(stream) }),
    }
  }

  /** What the packet looked like, as far as the other names do not say it. */
  protected wireFields(): Record<string, Json> {
    const { word, buffer, stamp } = this
    const type = typeOf(word)
    const wire: Record<string, Json> = { type: TYPE_NAMES[type] ?? type, count: countOf(word) }
    if ((word & CLASS_BIT) !== 0)
      wire['class_id'] = buffer.toString('hex', this.#classStart, this.#classStart + 2 * WORD)
    if (stamp.secondsKind !== 0) {
      wire['tsi'] = SECONDS_KINDS[stamp.secondsKind] ?? null
      wire['seconds'] = stamp.seconds
    }
    if (stamp.fractionKind !== 0) {
      wire['tsf'] = FRACTION_KINDS[stamp.fractionKind] ?? null
      wire['fraction'] = stamp.fraction.toString()
    }
    if (isContextType(type) && (word & MODE_BIT) !== 0) wire['coarse'] = true
    const reserved = word & reservedBits(type)
    if (reserved !== 0) wire['reserved'] = wordText(reserved)
    return wire
  }
}

/** A packet of samples; what is known of them comes from the context packets before it. */
export class VrtData extends VrtPacket {
  readonly state: StreamState
  /** Its place among the packets of its stream, those that are missing counted. */
  seq = 0
  #meta: Meta | undefined
  #data: Uint8Array | undefined

  constructor(buffer: Buffer, start: number, end: number, origin: Origin, state: StreamState) {
    super(buffer, start, end, origin)
    this.state = state
    this.#meta = undefined
    this.#data = undefined
  }

  get trailer(): number | undefined {
    return hasTrailer(this.word) ? this.buffer.readUInt32BE(this.end - WORD) : undefined
  }

  /** Samples are missing after this packet: the trailer says so. */
  get isFollowedByLoss(): boolean {
    return ((this.trailer ?? 0) & SAMPLE_LOSS) === SAMPLE_LOSS
  }

  get data(): Uint8Array {
    this.#data ??= this.#unpacked()
    return this.#data
  }

  get meta(): Meta {
    this.#meta ??= this.#describe()
    return this.#meta
  }

  #unpacked(): Uint8Array {
    const { layout } = this.state
    const payload = this.buffer.subarray(this.bodyStart, this.end - (hasTrailer(this.word) ? WORD : 0))
    if (!layout.isPlain) return unpack(payload, layout, this.padding)
    const element = (layout.bits / 8) * layout.parts
    const length = payload.length - this.padding / 8
    return payload.subarray(0, length - (length % element))
  }

  #describe(): Meta {
    const { layout, payload, sampleRate, meta } = this.state
    const { trailer } = this
    const wire = this.wireFields()
    if (payload !== undefined) wire['payload'] = payload
    if (trailer !== undefined) wire['trailer'] = wordText(trailer)
    return {
      ...this.ownFields(sampleRate),
      seq: this.seq,
      dtype: layout.dtype,
      shape: shapeOf(layout, this.data.length),
      ...(layout.fullScale !== undefined && { full_scale: layout.fullScale }),
      ...meta,
      ...(trailer !== undefined && indicators(trailer)),
      vrt: wire,
    }
  }
}

/** A packet that says something about the data: its fields, by name. */
export class VrtContext extends VrtPacket {
  readonly context: JsonObject
  readonly data = NO_DATA
  #meta: Meta | undefined

  constructor(buffer: Buffer, start: number, end: number, origin: Origin, context: JsonObject) {
    super(buffer, start, end, origin)
    this.context = context
    this.#meta = undefined
  }

  get meta(): Meta {
    this.#meta ??= { ...this.ownFields(undefined), context: this.context, vrt: this.wireFields() }
    return this.#meta
  }
}
