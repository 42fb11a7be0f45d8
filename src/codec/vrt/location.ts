// Where a receiver is and how it moves: the fields of GPS and INS, ephemerides, NMEA text (VITA 49.0, 7.1.5).

import type { Json, JsonObject } from '../../packet.ts'
import { FRACTION_KINDS, SECONDS_KINDS } from './time.ts'
import { numberOf, objectOf, scaled, type WordReader, type WordWriter, wordOf } from './words.ts'

/** A value in steps of `1 / scale`. */
type Row = readonly [name: string, scale: number]

const DEGREES = 2 ** 22
const METRES = 2 ** 5
const SPEED = 2 ** 16

/** In degrees, metres and metres a second. */
const FIX: readonly Row[] = [
  ['latitude', DEGREES],
  ['longitude', DEGREES],
  ['altitude', METRES],
  ['speed', SPEED],
  ['heading', DEGREES],
  ['track', DEGREES],
  ['magnetic_variation', DEGREES],
]

const EPHEMERIS: readonly Row[] = [
  ...['position_x', 'position_y', 'position_z'].map((name): Row => [name, METRES]),
  ...['attitude_alpha', 'attitude_beta', 'attitude_phi'].map((name): Row => [name, DEGREES]),
  ...['velocity_x', 'velocity_y', 'velocity_z'].map((name): Row => [name, SPEED]),
]

/** What a value that is not known is sent as. */
const UNKNOWN = 0x7fff_ffff
const UNKNOWN_SECONDS = 0xffff_ffff
const OUI = 0xff_ffff

export const readFix = (reader: WordReader): JsonObject => readPlace(reader, FIX)
export const readEphemeris = (reader: WordReader): JsonObject => readPlace(reader, EPHEMERIS)
export const writeFix = (writer: WordWriter, value: Json): void => writePlace(writer, value, FIX)
export const writeEphemeris = (writer: WordWriter, value: Json): void => writePlace(writer, value, EPHEMERIS)

/** A value that the sender does not know is null. */
function readPlace(reader: WordReader, rows: readonly Row[]): JsonObject {
  const head = reader.unsigned()
  const seconds = reader.unsigned()
  const place: Record<string, Json> = {
    oui: oui(head),
    tsi: SECONDS_KINDS[(head >>> 26) & 3] ?? 'none',
    seconds: seconds === UNKNOWN_SECONDS ? null : seconds,
    tsf: FRACTION_KINDS[(head >>> 24) & 3] ?? 'none',
    fraction: reader.unsigned64().toString(),
  }
  for (const [name, scale] of rows) {
    const value = reader.signed()
    place[name] = value === UNKNOWN ? null : value / scale
  }
  return place
}

function writePlace(writer: WordWriter, value: Json, rows: readonly Row[]): void {
  const place = objectOf(value)
  const { tsi, seconds, tsf, fraction } = place
  const kinds = (kindOf(SECONDS_KINDS, tsi) << 26) | (kindOf(FRACTION_KINDS, tsf) << 24)
  writer.word(kinds | ouiOf(place['oui']))
  writer.word(seconds === null || seconds === undefined ? UNKNOWN_SECONDS : numberOf(seconds))
  writer.unsigned64(typeof fraction === 'string' && /^\d{1,20}$/.test(fraction) ? BigInt(fraction) : 0n)
  for (const [name, scale] of rows) {
    const value = place[name]
    writer.word(value === null || value === undefined ? UNKNOWN : scaled(value, scale, 32))
  }
}

/** The place of a name in its list, which is the value of its bits. */
export function kindOf(kinds: readonly string[], name: Json | undefined): number {
  return Math.max(0, kinds.indexOf(typeof name === 'string' ? name : ''))
}

/** Whose device it is: a manufacturer's number of the IEEE, six digits. */
export function oui(word: number): string {
  return (word & OUI).toString(16).padStart(6, '0')
}

export function ouiOf(value: Json | undefined): number {
  return typeof value === 'string' ? wordOf(`0x${value}`) & OUI : 0
}

/** Sentences of NMEA 0183, as their receiver said them. */
export function readSentences(reader: WordReader): JsonObject {
  const head = reader.unsigned()
  const words = reader.unsigned()
  return { oui: oui(head), text: reader.text(words) }
}

export function writeSentences(writer: WordWriter, value: Json): void {
  const { oui: manufacturer, text } = objectOf(value)
  const sentences = typeof text === 'string' ? text : ''
  writer.word(ouiOf(manufacturer))
  writer.word(Math.ceil(Buffer.byteLength(sentences, 'latin1') / 4))
  writer.text(sentences)
}

/** The streams that a stream belongs to. */
export function readAssociations(reader: WordReader): JsonObject {
  const counts = reader.unsigned()
  const more = reader.unsigned()
  const channels = more & 0x7fff
  return {
    sources: reader.list((counts >>> 16) & 0x1ff),
    systems: reader.list(counts & 0x1ff),
    vectors: reader.list(more >>> 16),
    channels: reader.list(channels),
    ...((more & 0x8000) !== 0 && { channel_tags: reader.list(channels) }),
  }
}

export function writeAssociations(writer: WordWriter, value: Json): void {
  const lists = objectOf(value)
  const list = (name: string): readonly Json[] => {
    const found = lists[name]
    return Array.isArray(found) ? found : []
  }
  const [sources, systems, vectors, channels] = [list('sources'), list('systems'), list('vectors'), list('channels')]
  const tags = lists['channel_tags'] === undefined ? undefined : list('channel_tags')
  writer.word(((sources.length & 0x1ff) << 16) | (systems.length & 0x1ff))
  writer.word(((vectors.length & 0xffff) << 16) | (tags ? 0x8000 : 0) | (channels.length & 0x7fff))
  for (const words of [sources, systems, vectors, channels, tags ?? []]) writer.list(words)
}
