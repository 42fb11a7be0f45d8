// The parts of a VRT packet around its body: from a packet's meta, and as bytes.

import { isObject, type JsonObject } from '../../packet.ts'
import {
  CLASS_BIT,
  hasStream,
  isContextType,
  MODE_BIT,
  MOST_WORDS,
  reservedBits,
  TRAILER_BIT,
  TYPE,
  WORD,
} from './header.ts'
import { withIndicators } from './indicators.ts'
import { kindOf } from './location.ts'
import { FRACTION_KINDS, NO_STAMP, SECONDS_KINDS, type Stamp, stampOf } from './time.ts'
import { BadValue, WordWriter, wordOf } from './words.ts'

export interface Wire {
  readonly type: number
  readonly stream: number | undefined
  /** Of the packet, where its meta says it: from 0 to 15. */
  readonly count: number | undefined
  readonly classId: bigint | undefined
  readonly stamp: Stamp
  /** The timestamp is only as fine as the data packets it belongs to. */
  readonly coarse: boolean
  /** Bits of the header that VITA 49.0 reserves. */
  readonly reserved: number
  readonly trailer: number | undefined
}

/** Samples of packets that name no stream. */
const STREAM = 1

const TYPES: Readonly<Record<string, number>> = {
  data: TYPE.dataWithStream,
  'extension-data': TYPE.extensionDataWithStream,
  context: TYPE.context,
  'extension-context': TYPE.extensionContext,
}

/** Throws BadValue where a field has no such value. */
export function wireOf(meta: JsonObject): Wire {
  const given = meta['vrt']
  const fields: JsonObject = isObject(given) ? given : {}
  const { type: name, count, class_id: classId, trailer, coarse, reserved } = fields
  const otherwise = isObject(meta['context']) ? 'context' : 'data'
  const named = TYPES[typeof name === 'string' ? name : otherwise]
  if (named === undefined) throw new BadValue(`vrt.type '${name}', expected ${Object.keys(TYPES).join(', ')}`)
  const id = meta['stream_id']
  // Only who came without a stream goes without one.
  const anonymous = id === undefined && typeof name === 'string' && !isContextType(named)
  const before = typeof trailer === 'string' ? wordOf(trailer) : undefined
  const word = isContextType(named) ? 0 : withIndicators(before ?? 0, meta)
  return {
    type: anonymous ? named - 1 : named,
    stream: anonymous ? undefined : id === undefined ? STREAM : wordOf(id),
    count: typeof count === 'number' ? count & 15 : undefined,
    classId: typeof classId === 'string' && /^[0-9a-f]{16}$/i.test(classId) ? BigInt(`0x${classId}`) : undefined,
    stamp:
      stampIn(fields) ?? (isObject(given) ? NO_STAMP : (stampOf(meta['timestamp_ns'], meta['timestamp']) ?? NO_STAMP)),
    coarse: coarse === true,
    reserved: typeof reserved === 'string' ? wordOf(reserved) & reservedBits(named) : 0,
    trailer: word === 0 ? before : word,
  }
}

/** The stamp as it was sent, where the meta has kept it. */
function stampIn({ tsi, seconds, tsf, fraction }: JsonObject): Stamp | undefined {
  if (tsi === undefined && tsf === undefined) return undefined
  return {
    secondsKind: kindOf(SECONDS_KINDS, tsi),
    seconds: typeof seconds === 'number' ? seconds >>> 0 : 0,
    fractionKind: kindOf(FRACTION_KINDS, tsf),
    fraction: typeof fraction === 'string' && /^\d{1,20}$/.test(fraction) ? BigInt(fraction) : 0n,
  }
}

/** Words before the body, and after it. */
export function overheadOf({ type, classId, stamp, trailer }: Wire): number {
  return (
    1 +
    (hasStream(type) ? 1 : 0) +
    (classId === undefined ? 0 : 2) +
    (stamp.secondsKind === 0 ? 0 : 1) +
    (stamp.fractionKind === 0 ? 0 : 2) +
    (trailer === undefined ? 0 : 1)
  )
}

const PAD_BITS = 0x1fn << 59n

export interface Body {
  readonly bytes: Uint8Array
  /** Bits at its end, once it is whole words, that a reader could take for an item. */
  readonly padding: number
}

/** The bytes before a body, and those after it: what makes it whole words, and the trailer. */
export function endsOf(
  wire: Wire,
  count: number,
  { bytes, padding }: Body,
): { readonly head: Buffer; readonly tail: Buffer } {
  const { type, stream, stamp, trailer } = wire
  // VITA 49.2 tells the padding in the class identifier, so a packet that is padded has one.
  const classId =
    padding === 0 && wire.classId === undefined
      ? undefined
      : ((wire.classId ?? 0n) & ~PAD_BITS) | (BigInt(padding) << 59n)
  const fill = -bytes.length & (WORD - 1)
  const words = overheadOf({ ...wire, classId }) + (bytes.length + fill) / WORD
  if (words > MOST_WORDS) throw new BadValue(`a packet of ${words} words, expected at most ${MOST_WORDS}`)
  const head = new WordWriter()
  head.word(
    (type << 28) |
      (classId === undefined ? 0 : CLASS_BIT) |
      (trailer === undefined ? 0 : TRAILER_BIT) |
      (wire.coarse && isContextType(type) ? MODE_BIT : 0) |
      wire.reserved |
      (stamp.secondsKind << 22) |
      (stamp.fractionKind << 20) |
      ((count & 15) << 16) |
      words,
  )
  if (stream !== undefined) head.word(stream)
  if (classId !== undefined) head.unsigned64(classId)
  if (stamp.secondsKind !== 0) head.word(stamp.seconds)
  if (stamp.fractionKind !== 0) head.unsigned64(stamp.fraction)
  const tail = new WordWriter()
  tail.bytes(new Uint8Array(fill))
  if (trailer !== undefined) tail.word(trailer)
  return { head: head.finish(), tail: tail.finish() }
}
