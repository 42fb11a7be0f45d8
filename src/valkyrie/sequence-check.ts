// Whether every packet of a sequence has come: gaps in its numbers are counted, and announced where they are.

import { readMeta } from '../codec/unreadable.ts'
import { LruMap } from '../lru-map.ts'
import { type Batch, gapOf, gapPacket, type Meta, type Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { NAMES, TYPES } from './names.ts'

export interface CheckOptions {
  readonly count: StageCount
  readonly reject: Rejecter
  readonly warn: (message: string) => void
}

const LOST = 'gap in the sequence'
const UNNUMBERED = 'no sequence number'

/** So many streams are told apart; the one that was quiet for longest is forgotten. */
const MOST_STREAMS = 65536

/**
 * The number is Valkyrie's packet number or `seq`, and counts up by one for each stream (Valkyrie's stream id or
 * `name`). What came before the first packet is not missed. A start of sequence, or a number below the one expected,
 * begins anew. A packet without a number passes and is counted.
 */
export function sequenceCheck({ count, reject, warn }: CheckOptions): Stage {
  const expected = new LruMap<string, number>(MOST_STREAMS)
  let unnumbered = false

  function follow(meta: Meta, number: number): Packet | undefined {
    const stream = streamOf(meta)
    const next = expected.get(stream)
    expected.set(stream, number + 1)
    if (next === undefined || number === next || meta[NAMES.packetType] === TYPES.start) return undefined
    if (number < next) {
      warn(`${stream === '' ? '' : `${stream}: `}the sequence begins again: ${number} after ${next - 1}`)
      return undefined
    }
    const lost = number - next
    count.drop(LOST, lost)
    return gapPacket({ lost, reason: LOST, stage: stream === '' ? 'sequence' : stream, from: next, to: number - 1 })
  }
  function check(packet: Packet): readonly Packet[] {
    const meta = readMeta(packet, reject)
    if (!meta) return []
    count.in++
    const number = meta[NAMES.packetNumber] ?? meta['seq']
    if (typeof number === 'number' && Number.isSafeInteger(number)) {
      const gap = follow(meta, number)
      return gap ? [gap, packet] : [packet]
    }
    if (gapOf(meta)) return [packet]
    if (!unnumbered) warn(`a packet has no sequence number: expected ${NAMES.packetNumber} or seq`)
    unnumbered = true
    count.reject(UNNUMBERED)
    return [packet]
  }
  return { push: (batch): Batch => batch.flatMap(check) }
}

function streamOf(meta: Meta): string {
  const stream = meta[NAMES.streamId] ?? meta['name']
  return stream === undefined ? '' : String(stream)
}
