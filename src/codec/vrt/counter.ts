// The packet counters of streams: four bits that count each packet, unrolled into numbers without end.

import type { Gap } from '../../packet.ts'
import { countOf, isContextType, typeOf, wordText } from './header.ts'

const MODULUS = 16

interface Count {
  last: number
  seq: number
  /** It has moved: a source that never counts loses nothing by that. */
  moves: boolean
}

export interface Counted {
  readonly seq: number
  /** Packets that are missing before this one: this many, or 16 more, or 32. */
  readonly gap: Gap | undefined
}

export const LOST = 'packet count'

/** The name of what lost packets, in gap records. */
export function stageOf(stream: number | undefined): string {
  return stream === undefined ? 'vrt' : `vrt ${wordText(stream)}`
}

/** Each stream has one counter for its data and one for its context. */
export class Counter {
  readonly #counts = new Map<number, Count>()

  take(word: number, stream: number | undefined): Counted {
    const key = (stream ?? 2 ** 32) * 2 + (isContextType(typeOf(word)) ? 1 : 0)
    const found = countOf(word)
    const count = this.#counts.get(key)
    if (!count) {
      this.#counts.set(key, { last: found, seq: 0, moves: false })
      return { seq: 0, gap: undefined }
    }
    const step = (found - count.last + MODULUS) % MODULUS
    count.last = found
    if (step === 1 || (step === 0 && !count.moves)) {
      count.moves ||= step === 1
      count.seq++
      return { seq: count.seq, gap: undefined }
    }
    count.moves = true
    const lost = (step + MODULUS - 1) % MODULUS
    const from = count.seq + 1
    count.seq = from + lost
    return { seq: count.seq, gap: { lost, reason: LOST, stage: stageOf(stream), from, to: from + lost - 1 } }
  }
}
