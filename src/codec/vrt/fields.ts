// The fields of context packets, in the order in which they follow their indicator word (VITA 49.0, 7.1.5).

import type { Json, JsonObject } from '../../packet.ts'
import { wordText } from './header.ts'
import { stateFields, stateWord } from './indicators.ts'
import {
  oui,
  ouiOf,
  readAssociations,
  readEphemeris,
  readFix,
  readSentences,
  writeAssociations,
  writeEphemeris,
  writeFix,
  writeSentences,
} from './location.ts'
import { formatFields, formatOfFields, formatOfWords, wordsOfFormat } from './payload.ts'
import { BadValue, listOf, numberOf, objectOf, scaled, type WordReader, WordWriter, wordOf } from './words.ts'

interface Field {
  readonly bit: number
  readonly name: string
  read(from: WordReader): Json
  write(into: WordWriter, value: Json): void
}

const DECIBEL = 2 ** 7
const CELSIUS = 2 ** 6

const hertz = (bit: number, name: string): Field => ({
  bit,
  name,
  read: from => from.hertz(),
  write: (into, value) => into.hertz(value),
})

/** A number of 16 bits in the low half of a word, in steps of `1 / scale`. */
const low = (bit: number, name: string, scale: number): Field => ({
  bit,
  name,
  read: from => ((from.unsigned() << 16) >> 16) / scale,
  write: (into, value) => into.word(scaled(value, scale, 16)),
})

const count = (bit: number, name: string): Field => ({
  bit,
  name,
  read: from => from.unsigned(),
  write: (into, value) => into.word(wordOf(value)),
})

const identifier = (bit: number, name: string): Field => ({
  bit,
  name,
  read: from => wordText(from.unsigned()),
  write: (into, value) => into.word(wordOf(value)),
})

/** From the highest bit on. Frequencies in Hz, levels in dBm, gains in dB, temperature in °C. */
export const FIELDS: readonly Field[] = [
  identifier(30, 'reference_point'),
  hertz(29, 'bandwidth'),
  hertz(28, 'if_frequency'),
  hertz(27, 'rf_frequency'),
  hertz(26, 'rf_offset'),
  hertz(25, 'if_band_offset'),
  low(24, 'reference_level', DECIBEL),
  { bit: 23, name: 'gain', read: readGain, write: writeGain },
  count(22, 'over_range_count'),
  hertz(21, 'sample_rate'),
  {
    bit: 20,
    name: 'timestamp_adjustment_fs',
    read: from => from.signed64(),
    write: (into, value) => into.signed64(Math.round(numberOf(value))),
  },
  count(19, 'timestamp_calibration'),
  low(18, 'temperature', CELSIUS),
  { bit: 17, name: 'device', read: readDevice, write: writeDevice },
  {
    bit: 16,
    name: 'state',
    read: from => stateFields(from.unsigned()),
    write: (into, value) => into.word(stateWord(objectOf(value))),
  },
  { bit: 15, name: 'payload_format', read: readFormat, write: writeFormat },
  { bit: 14, name: 'gps', read: readFix, write: writeFix },
  { bit: 13, name: 'ins', read: readFix, write: writeFix },
  { bit: 12, name: 'ephemeris', read: readEphemeris, write: writeEphemeris },
  { bit: 11, name: 'relative_ephemeris', read: readEphemeris, write: writeEphemeris },
  identifier(10, 'ephemeris_reference'),
  { bit: 9, name: 'gps_text', read: readSentences, write: writeSentences },
  { bit: 8, name: 'associations', read: readAssociations, write: writeAssociations },
]

/** The stages' gains: the one in the high half of the word first. */
function readGain(from: WordReader): Json {
  const word = from.unsigned()
  return [(word >> 16) / DECIBEL, ((word << 16) >> 16) / DECIBEL]
}

function writeGain(into: WordWriter, value: Json): void {
  const [high, low] = typeof value === 'number' ? [0, value] : listOf(value)
  into.word((scaled(high, DECIBEL, 16) << 16) | scaled(low ?? 0, DECIBEL, 16))
}

function readDevice(from: WordReader): Json {
  const manufacturer = from.unsigned()
  return { oui: oui(manufacturer), code: from.unsigned() & 0xffff }
}

function writeDevice(into: WordWriter, value: Json): void {
  const device = objectOf(value)
  into.word(ouiOf(device['oui']))
  into.word(numberOf(device['code']) & 0xffff)
}

/** A format that VITA 49 gives no meaning is the two words as they are. */
function readFormat(from: WordReader): Json {
  const first = from.unsigned()
  const second = from.unsigned()
  const format = formatOfWords(first, second)
  return format ? formatFields(format) : [wordText(first), wordText(second)]
}

function writeFormat(into: WordWriter, value: Json): void {
  if (Array.isArray(value)) into.list(value)
  else for (const word of wordsOfFormat(formatOfFields(value))) into.word(word)
}

/** Something has changed since the last packet of this stream. */
const CHANGED = 31
/** From VITA 49.2 on the low bits announce more indicator words; this one that fields come in another form. */
const ATTRIBUTES = 0x80
const MORE_WORDS = 0x0e

/** What is known of a context packet, by the names of FIELDS, with `changed` and, as hex digits, what is not known. */
export function readContext(from: WordReader): JsonObject {
  const indicator = from.unsigned()
  const context: Record<string, Json> = { changed: indicator >>> CHANGED === 1 }
  const unknown = indicator & 0xff
  if (unknown !== 0) context['more_indicators'] = `0x${unknown.toString(16).padStart(2, '0')}`
  if ((unknown & ATTRIBUTES) === 0) {
    const more = bitsSet(unknown & MORE_WORDS)
    if (more > 0) context['more_words'] = from.list(more)
    for (const field of FIELDS) {
      if (((indicator >>> field.bit) & 1) !== 0) context[field.name] = field.read(from)
    }
  } else context['indicators'] = wordText(indicator)
  const { rest } = from
  if (rest.length > 0) context['rest'] = rest.toString('hex')
  return context
}

/** The opposite: the indicator word and the fields. Throws BadValue, naming the field. */
export function writeContext(context: JsonObject): Buffer {
  const into = new WordWriter()
  const { indicators, more_indicators: more, more_words: words, rest } = context
  if (indicators !== undefined) into.word(attributed(indicators))
  else {
    const known = FIELDS.filter(({ name }) => context[name] !== undefined)
    const changed = context['changed'] === false ? 0 : 1 << CHANGED
    const unknown = typeof more === 'string' ? Number(more) & 0xff : 0
    into.word(known.reduce((word, { bit }) => word | (1 << bit), changed | unknown))
    if (words !== undefined) into.list(listOf(words))
    for (const field of known) writeField(field, into, context[field.name] ?? null)
  }
  if (typeof rest === 'string') into.bytes(Buffer.from(rest, 'hex'))
  return into.finish()
}

/** An indicator word whose fields are not understood: they follow as they were, in `rest`. */
function attributed(indicators: Json): number {
  const word = wordOf(indicators)
  if ((word & ATTRIBUTES) !== 0) return word
  throw new BadValue(`indicators: ${wordText(word)}, expected bit 7 to be set`)
}

function writeField(field: Field, into: WordWriter, value: Json): void {
  try {
    field.write(into, value)
  } catch (error) {
    if (error instanceof BadValue) throw new BadValue(`${field.name}: ${error.message}`)
    throw error
  }
}

function bitsSet(word: number): number {
  let count = 0
  for (let rest = word; rest !== 0; rest &= rest - 1) count++
  return count
}
