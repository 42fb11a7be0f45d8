// Bytes to VRT packets. There is no magic to look for: what follows damage is found by what packets look like.

import { type Batch, type Gap, gapPacket, type Packet } from '../../packet.ts'
import type { Reject } from '../../stream/reject.ts'
import type { Decoder } from '../../stream/step.ts'
import { type DecodeOptions, MAX_PACKET } from '../codec.ts'
import { asBuffer, Gather, REJECT_BYTES } from '../gather.ts'
import { readBody } from './body.ts'
import { type Assumed, Contexts } from './contexts.ts'
import { Counter, stageOf } from './counter.ts'
import {
  hasStream,
  headerFault,
  isCommandType,
  isContextType,
  isLikelyHeader,
  typeOf,
  WORD,
  wordsOf,
} from './header.ts'
import { type Origin, VrtContext, VrtData, type VrtPacket } from './packet.ts'
import { Streams, TOO_MANY } from './streams.ts'
import { TooShort } from './words.ts'

interface Fault extends Pick<Reject, 'reason' | 'detail'> {
  /** Only so many bytes are bad; else as many as come before what looks like a packet. */
  readonly length?: number
}

/** What was found: a packet, its fault, or how many bytes are needed to tell. */
type Found = VrtPacket | Fault | number

interface Skipped extends Pick<Reject, 'reason' | 'detail'> {
  readonly offset: number
  readonly bytes: Gather
  length: number
}

export class VrtDecoder implements Decoder {
  readonly #options: DecodeOptions
  readonly #maxPacket: number
  readonly #contexts: Contexts
  readonly #counter = new Counter()
  /** Whose packets have come: after damage, packets of others are not believed in. */
  readonly #streams = new Streams()
  readonly #held = new Gather()
  /** How many bytes must be held before it is worth looking again. */
  #needed = 0
  /** Bytes of the source before those that are held or come next. */
  #offset = 0
  #skipped: Skipped | undefined
  #ended = false

  constructor(options: DecodeOptions & Assumed) {
    this.#options = options
    this.#maxPacket = options.maxPacket ?? MAX_PACKET
    this.#contexts = new Contexts(options)
  }

  push(input: Uint8Array): Batch {
    const packets: Packet[] = []
    let chunk = asBuffer(input)
    while (this.#held.length > 0) {
      const missing = this.#needed - this.#held.length
      if (chunk.length < missing) {
        this.#held.add(chunk)
        return packets
      }
      this.#held.add(chunk.subarray(0, missing))
      chunk = chunk.subarray(missing)
      this.#scan(this.#held.take(), packets)
    }
    if (chunk.length > 0) this.#scan(chunk, packets)
    return packets
  }

  end(): Batch {
    const packets: Packet[] = []
    this.#ended = true
    this.#scan(this.#held.take(), packets)
    this.#endSkip()
    return packets
  }

  /** Takes every whole packet out of a buffer and holds what may be the start of one. */
  #scan(buffer: Buffer, packets: Packet[]): void {
    const origin = { source: this.#options.source, base: this.#offset }
    let at = 0
    while (at < buffer.length) {
      if (this.#skipped) at = this.#skipTo(buffer, at, this.#candidate(buffer, at))
      if (at === buffer.length) break
      const found = this.#skipped ? this.#seek(buffer, at, origin) : this.#look(buffer, at, origin)
      if (typeof found === 'number') {
        this.#needed = found
        this.#held.add(buffer.subarray(at))
        break
      }
      if ('reason' in found) at = this.#fail(found, buffer, at)
      else {
        this.#endSkip()
        this.#take(found, packets)
        at = found.end
      }
    }
    this.#offset += at
  }

  /** Bytes that are no packet: those of one that is known by its size, or one after the other until one is found. */
  #fail(fault: Fault, buffer: Buffer, at: number): number {
    const { length } = fault
    this.#skipped ??= { ...fault, offset: this.#offset + at, bytes: new Gather(), length: 0 }
    const end = this.#skipTo(buffer, at, at + (length ?? 1))
    if (length !== undefined) this.#endSkip()
    return end
  }

  #look(buffer: Buffer, at: number, origin: Origin): Found {
    const length = buffer.length - at
    if (length < WORD) return this.#ended ? TRUNCATED : WORD
    const word = buffer.readUInt32BE(at)
    const size = wordsOf(word) * WORD
    const isCommand = isCommandType(typeOf(word)) && size > 0
    const detail = isCommand ? undefined : headerFault(word)
    if (detail !== undefined) return { reason: 'bad header', detail }
    if (length < size) return this.#ended ? TRUNCATED : size
    if (isCommand) return { reason: 'unknown packet type', detail: `type ${typeOf(word)}`, length: size }
    if (size <= this.#maxPacket) return this.#make(buffer, at, at + size, origin)
    return { reason: 'too long', detail: `${size} bytes, expected at most ${this.#maxPacket}`, length: size }
  }

  /** Where the next header may be that fits a stream which is known, or the end where too little is there to tell. */
  #candidate(buffer: Buffer, from: number): number {
    const last = buffer.length - 2 * WORD
    for (let at = from; at <= last; at++) {
      const word = buffer.readUInt32BE(at)
      if (!isLikelyHeader(word)) continue
      const stream = hasStream(typeOf(word)) ? buffer.readUInt32BE(at + WORD) : undefined
      if (this.#streams.size === 0 || this.#streams.has(stream)) return at
    }
    return this.#ended ? buffer.length : Math.max(from, last + 1)
  }

  /** At a candidate: a packet is followed by what looks like one, or by the end. */
  #seek(buffer: Buffer, at: number, origin: Origin): Found {
    const length = buffer.length - at
    if (length < 2 * WORD) return 2 * WORD
    const size = wordsOf(buffer.readUInt32BE(at)) * WORD
    if (size > this.#maxPacket) return NOISE
    if (length < size + WORD && !this.#ended) return size + WORD
    const follows = length === size || (length >= size + WORD && isPossible(buffer.readUInt32BE(at + size)))
    if (!follows) return NOISE
    const found = this.#make(buffer, at, at + size, origin)
    return 'reason' in found ? NOISE : found
  }

  #make(buffer: Buffer, start: number, end: number, origin: Origin): VrtPacket | Fault {
    const word = buffer.readUInt32BE(start)
    const type = typeOf(word)
    const stream = hasStream(type) ? buffer.readUInt32BE(start + WORD) : undefined
    const refusal = this.#streams.refusal(stream)
    if (refusal !== undefined) return { reason: TOO_MANY, detail: refusal, length: end - start }
    if (!isContextType(type)) return new VrtData(buffer, start, end, origin, this.#contexts.stateOf(stream))
    try {
      return new VrtContext(buffer, start, end, origin, readBody(buffer, start, end))
    } catch (error) {
      if (!(error instanceof TooShort)) throw error
      return { reason: 'bad context', detail: 'it ends within its fields', length: end - start }
    }
  }

  /** Counts a packet, announces what is missing around it, and applies what it says to those that follow. */
  #take(packet: VrtPacket, packets: Packet[]): void {
    const { word, stream } = packet
    this.#streams.add(stream)
    const { seq, gap } = this.#counter.take(word, stream)
    if (gap) packets.push(this.#lose(gap))
    packets.push(packet)
    if (packet instanceof VrtContext) {
      if (stream !== undefined) this.#contexts.apply(stream, packet.context)
    } else if (packet instanceof VrtData) {
      packet.seq = seq
      if (packet.isFollowedByLoss) packets.push(this.#lose({ lost: 1, reason: 'sample loss', stage: stageOf(stream) }))
    }
  }

  #lose(gap: Gap): Packet {
    this.#options.lose?.(gap)
    return gapPacket(gap)
  }

  #skipTo(buffer: Buffer, from: number, to: number): number {
    const skipped = this.#skipped
    if (!skipped) return from
    skipped.length += to - from
    const room = REJECT_BYTES - skipped.bytes.length
    // Copied, because what is kept of noise must not keep every buffer it came in.
    if (room > 0 && to > from) skipped.bytes.add(Buffer.from(buffer.subarray(from, Math.min(to, from + room))))
    return to
  }

  #endSkip(): void {
    const skipped = this.#skipped
    if (!skipped) return
    this.#skipped = undefined
    const { reason, detail, offset, bytes, length } = skipped
    const place = { source: this.#options.source, offset }
    const counted = `${detail}; ${length} bytes skipped`
    this.#options.reject({ place, reason, detail: counted, bytes: bytes.take() })
  }
}

const TRUNCATED: Fault = { reason: 'truncated', detail: 'the input ends within a packet' }
/** What is skipped while a packet is looked for. */
const NOISE: Fault = { reason: 'noise' }

/** Whether a packet may begin with this word. */
function isPossible(word: number): boolean {
  return isCommandType(typeOf(word)) ? wordsOf(word) > 0 : headerFault(word) === undefined
}
