// The file class, writing: a file of JSON and a file of bytes for each packet.

import { rmSync } from 'node:fs'
import { inWords } from '../carrier/failure.ts'
import { readMeta } from '../codec/unreadable.ts'
import type { Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink } from '../stream/step.ts'
import type { Pattern } from './pattern.ts'
import { writeWholeFile } from './whole-file.ts'

export const META_ENDING = '.json'
export const DATA_ENDING = '.data'

/** As the first Valkyrie indents it. */
const INDENT = 4

export interface PairSinkOptions {
  readonly count: StageCount
  readonly reject: Rejecter
}

/**
 * Packets are numbered from 0, and replace what an earlier run has left. The data comes first, then the meta: whoever
 * sees the JSON has both. A packet is on its way to the disk when `write` returns.
 */
export function pairSink(pattern: Pattern, { count, reject }: PairSinkOptions): Sink {
  let number = 0
  function writePair(packet: Packet): void {
    const meta = readMeta(packet, reject)
    if (!meta) return
    const { data } = packet
    const name = pattern.name(number)
    const text = Buffer.from(JSON.stringify(meta, undefined, INDENT))
    // An old JSON beside new bytes would be a packet that never was.
    inWords(name, () => rmSync(`${name}${META_ENDING}`, { force: true }))
    writeWholeFile(`${name}${DATA_ENDING}`, [data])
    writeWholeFile(`${name}${META_ENDING}`, [text])
    number++
    count.out++
    count.bytes += text.length + data.length
  }
  return {
    write(batch) {
      for (const packet of batch) writePair(packet)
    },
    async close() {},
  }
}
