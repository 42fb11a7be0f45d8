// What ThinkRF's receivers (WSA4000, WSA5000, R5500) mean by their streams, which their packets do not say.

import type { JsonObject } from '../../packet.ts'
import { layoutOf, type SampleLayout } from './layout.ts'
import { PLAIN } from './payload.ts'
import { type WordReader, WordWriter, wordOf } from './words.ts'

export const RECEIVER = 0x9000_0001
export const DIGITIZER = 0x9000_0002
export const EXTENSION = 0x9000_0004

export interface ThinkRfPayload {
  readonly name: string
  readonly layout: SampleLayout
  /** Samples a second for each Hz of the bandwidth that the digitizer tells; none for spectra. */
  readonly rate: number | undefined
}

const REAL = { ...PLAIN, kind: 'real' } as const

/** Samples of 14 and 24 bits are at the right end of their fields. */
const PAYLOADS: ReadonlyMap<number, ThinkRfPayload> = new Map([
  [0x9000_0003, { name: 'I14Q14', layout: layoutOf({ ...PLAIN, fullScale: 2 ** 13 }), rate: 1 }],
  [0x9000_0005, { name: 'I14', layout: layoutOf({ ...REAL, fullScale: 2 ** 13 }), rate: 2 }],
  [
    0x9000_0006,
    { name: 'I24', layout: layoutOf({ ...REAL, itemSize: 32, fieldSize: 32, fullScale: 2 ** 23 }), rate: 2 },
  ],
  [
    0x9000_0007,
    { name: 'PSD8', layout: layoutOf({ ...REAL, itemSize: 8, fieldSize: 8, whole: true }), rate: undefined },
  ],
])

export function thinkRfPayload(stream: number | undefined): ThinkRfPayload | undefined {
  return stream === undefined ? undefined : PAYLOADS.get(stream)
}

/** The streams whose context packets speak of this stream of data, as well as its own. */
export function contextsFor(stream: number | undefined): readonly number[] {
  return thinkRfPayload(stream) ? CONTEXTS : []
}

const CONTEXTS = [RECEIVER, DIGITIZER, EXTENSION] as const

const CHANGED = 2 ** 31
const IQ_SWAPPED = 8
const STREAM_START = 2
const SWEEP_START = 1
const KNOWN = CHANGED + IQ_SWAPPED + STREAM_START + SWEEP_START

/** Fields of an extension context packet of the stream EXTENSION; nothing if it has others. */
export function readExtension(from: WordReader): JsonObject | undefined {
  const indicator = from.unsigned()
  if ((indicator & ~KNOWN) !== 0) return undefined
  const context = {
    changed: indicator >= CHANGED,
    iq_swapped: (indicator & IQ_SWAPPED) !== 0,
    ...((indicator & STREAM_START) !== 0 && { stream_start: from.unsigned() }),
    ...((indicator & SWEEP_START) !== 0 && { sweep_start: from.unsigned() }),
  }
  const { rest } = from
  return rest.length > 0 ? { ...context, rest: rest.toString('hex') } : context
}

export function writeExtension(context: JsonObject): Buffer {
  const into = new WordWriter()
  const { changed, iq_swapped: swapped, stream_start: stream, sweep_start: sweep, rest } = context
  const bits = (swapped === true ? IQ_SWAPPED : 0) + (stream === undefined ? 0 : STREAM_START)
  into.word((changed === false ? 0 : CHANGED) + bits + (sweep === undefined ? 0 : SWEEP_START))
  if (stream !== undefined) into.word(wordOf(stream))
  if (sweep !== undefined) into.word(wordOf(sweep))
  if (typeof rest === 'string') into.bytes(Buffer.from(rest, 'hex'))
  return into.finish()
}
