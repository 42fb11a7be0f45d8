// Flags that are true, false or unknown: each has a bit that enables it and a bit that says it.

import type { JsonObject } from '../../packet.ts'
import { wordText } from './header.ts'

/** From bit 31 on those that enable, from bit 19 on those that say it: the same in trailers and in context packets. */
const FLAGS = [
  'calibrated_time',
  'valid_data',
  'reference_lock',
  'agc',
  'detected_signal',
  'spectral_inversion',
  'over_range',
  'sample_loss',
] as const

const ENABLE = 31
const INDICATE = 19
export const SAMPLE_LOSS = (1 << (ENABLE - 7)) | (1 << (INDICATE - 7))

/** Flags by name; one that is not enabled is unknown, and absent. */
export type Indicators = Readonly<Record<string, boolean>>

export function indicators(word: number): Indicators {
  const found: Record<string, boolean> = {}
  for (const [index, name] of FLAGS.entries()) {
    if (((word >>> (ENABLE - index)) & 1) !== 0) found[name] = ((word >>> (INDICATE - index)) & 1) !== 0
  }
  return found
}

/** The word with the flags that `meta` names as true or false; what it does not name stays as it is. */
export function withIndicators(word: number, meta: JsonObject): number {
  let result = word
  for (const [index, name] of FLAGS.entries()) {
    const flag = meta[name]
    if (typeof flag !== 'boolean') continue
    result |= 1 << (ENABLE - index)
    const bit = 1 << (INDICATE - index)
    result = flag ? result | bit : result & ~bit
  }
  return result >>> 0
}

/** The state and event indicators of a context packet: the word says what has no name. */
export function stateFields(word: number): JsonObject {
  return { ...indicators(word), word: wordText(word) }
}

export function stateWord(value: JsonObject): number {
  const before = typeof value['word'] === 'string' ? Number(value['word']) >>> 0 : 0
  return withIndicators(before, value)
}
