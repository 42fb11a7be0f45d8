// The payload format: how samples lie in the payload of data packets (VITA 49.0, 6.1.6 and 7.1.5.18).

import type { Json, JsonObject } from '../../packet.ts'
import type { Dtype } from '../dtype.ts'
import { BadValue, numberOf, objectOf } from './words.ts'

export const PACKINGS = ['processing', 'link'] as const
export const SAMPLE_KINDS = ['real', 'cartesian', 'polar'] as const

/** How items lie in a payload. Sizes are in bits. */
export interface PayloadFormat {
  /** `processing`: no item lies across the end of a word; `link`: one follows the other. */
  readonly packing: (typeof PACKINGS)[number]
  readonly kind: (typeof SAMPLE_KINDS)[number]
  readonly number: 'int' | 'uint' | 'float'
  /** Of VRT's own floating point: bits of its exponent; 0 for fixed point and for floats of IEEE 754. */
  readonly exponent: number
  /** A whole number rather than a fraction of full scale. */
  readonly whole: boolean
  readonly itemSize: number
  /** Of the item and all that is packed with it. */
  readonly fieldSize: number
  readonly eventTag: number
  readonly channelTag: number
  readonly repeat: number
  /** Each component is repeated, and not each sample. */
  readonly repeatsComponents: boolean
  readonly vector: number
  /** The largest item, where it is not the largest that its bits could hold. */
  readonly fullScale?: number
}

export const PLAIN = {
  packing: 'processing',
  kind: 'cartesian',
  number: 'int',
  exponent: 0,
  whole: false,
  itemSize: 16,
  fieldSize: 16,
  eventTag: 0,
  channelTag: 0,
  repeat: 1,
  repeatsComponents: false,
  vector: 1,
} as const satisfies PayloadFormat

const HALF = 13
const SINGLE = 14
const DOUBLE = 15
const UNSIGNED = 16
/** Fixed point that is not normalised: whole numbers. */
const WHOLE = 7

interface ItemCode {
  readonly number: PayloadFormat['number']
  readonly exponent: number
  readonly whole: boolean
}

/** What the five bits of the item's format mean; nothing where VITA 49 gives them no meaning. */
function itemCode(code: number): ItemCode | undefined {
  if (code === HALF || code === SINGLE || code === DOUBLE) return { number: 'float', exponent: 0, whole: false }
  const number = code >= UNSIGNED ? 'uint' : 'int'
  const low = code % UNSIGNED
  if (low === WHOLE) return { number, exponent: 0, whole: true }
  return low < WHOLE ? { number, exponent: low, whole: false } : undefined
}

function codeOf({ number, exponent, whole, itemSize }: PayloadFormat): number {
  if (number === 'float') return itemSize === 64 ? DOUBLE : itemSize === 32 ? SINGLE : HALF
  return (number === 'uint' ? UNSIGNED : 0) + (whole ? WHOLE : exponent)
}

/** The format that two words mean; nothing where they mean none. */
export function formatOfWords(first: number, second: number): PayloadFormat | undefined {
  const kind = SAMPLE_KINDS[(first >>> 29) & 3]
  const code = itemCode((first >>> 24) & 31)
  const itemSize = (first & 63) + 1
  const fieldSize = ((first >>> 6) & 63) + 1
  const tags = { eventTag: (first >>> 20) & 7, channelTag: (first >>> 16) & 15 }
  if (!kind || !code || itemSize + tags.eventTag + tags.channelTag > fieldSize) return undefined
  if (code.number === 'float' && itemSize !== floatBits((first >>> 24) & 31)) return undefined
  return {
    packing: first >>> 31 === 1 ? 'link' : 'processing',
    kind,
    ...code,
    itemSize,
    fieldSize,
    ...tags,
    repeat: (second >>> 16) + 1,
    repeatsComponents: ((first >>> 23) & 1) === 1,
    vector: (second & 0xffff) + 1,
  }
}

const floatBits = (code: number) => (code === DOUBLE ? 64 : code === SINGLE ? 32 : 16)

export function wordsOfFormat(format: PayloadFormat): readonly [number, number] {
  const { itemSize, fieldSize, eventTag, channelTag, repeat, vector } = format
  const first =
    ((format.packing === 'link' ? 1 : 0) << 31) |
    (SAMPLE_KINDS.indexOf(format.kind) << 29) |
    (codeOf(format) << 24) |
    ((format.repeatsComponents ? 1 : 0) << 23) |
    (eventTag << 20) |
    (channelTag << 16) |
    ((fieldSize - 1) << 6) |
    (itemSize - 1)
  return [first >>> 0, (((repeat - 1) << 16) | (vector - 1)) >>> 0]
}

/** The format as a context packet's meta has it: what is as usual is left out. */
export function formatFields(format: PayloadFormat): JsonObject {
  const { packing, kind, number, itemSize, fieldSize, fullScale: _, ...rest } = format
  const unusual = Object.entries(rest).filter(([name, value]) => value !== Reflect.get(PLAIN, name))
  return {
    kind,
    number,
    item_size: itemSize,
    field_size: fieldSize,
    packing,
    ...Object.fromEntries(unusual.map(named)),
  }
}

const NAMES = {
  exponent: 'exponent',
  whole: 'whole',
  eventTag: 'event_tag',
  channelTag: 'channel_tag',
  repeat: 'repeat',
  repeatsComponents: 'repeats_components',
  vector: 'vector',
} as const

function named([key, value]: [string, Json]): [string, Json] {
  return [Object.entries(NAMES).find(([known]) => known === key)?.[1] ?? key, value]
}

export function formatOfFields(value: Json): PayloadFormat {
  const fields = objectOf(value)
  const count = (name: string, otherwise: number) => (fields[name] === undefined ? otherwise : numberOf(fields[name]))
  const choice = <const T extends string>(name: string, choices: readonly T[]): T => {
    const found = choices.find(choice => choice === fields[name])
    if (found !== undefined) return found
    throw new BadValue(`${name} ${JSON.stringify(fields[name])}, expected ${choices.join(', ')}`)
  }
  const itemSize = count('item_size', 16)
  return {
    packing: fields['packing'] === undefined ? 'processing' : choice('packing', PACKINGS),
    kind: choice('kind', SAMPLE_KINDS),
    number: choice('number', ['int', 'uint', 'float']),
    exponent: count('exponent', 0),
    whole: fields['whole'] === true,
    itemSize,
    fieldSize: count('field_size', itemSize),
    eventTag: count('event_tag', 0),
    channelTag: count('channel_tag', 0),
    repeat: count('repeat', 1),
    repeatsComponents: fields['repeats_components'] === true,
    vector: count('vector', 1),
  }
}

/** The format in which elements of a dtype are sent; nothing for those that have none. */
export function formatOfDtype({ kind, size, complex }: Dtype): PayloadFormat | undefined {
  const bits = (complex ? size / 2 : size) * 8
  if (kind === 'bool' || (kind === 'float' && bits === 16)) return undefined
  return { ...PLAIN, kind: complex ? 'cartesian' : 'real', number: kind, itemSize: bits, fieldSize: bits }
}
