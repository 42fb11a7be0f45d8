// The data of each packet as a file of its own that numpy.load reads.

import { readMeta } from '../codec/unreadable.ts'
import { gapOf, type Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink } from '../stream/step.ts'
import { shapeOf } from './names.ts'
import { npyHeader } from './npy.ts'
import type { Pattern } from './pattern.ts'
import { writeWholeFile } from './whole-file.ts'

export interface NpyOptions {
  readonly count: StageCount
  readonly reject: Rejecter
}

/**
 * Files are numbered from 0. A packet without data and without a shape (the start of a sequence, its end) has no file;
 * one whose data are not what dtype and shape say is rejected.
 */
export function npySink(pattern: Pattern, { count, reject }: NpyOptions): Sink {
  let number = 0
  function write(packet: Packet): void {
    const meta = readMeta(packet, reject)
    if (!meta || gapOf(meta)) return
    const { data } = packet
    if (data.length === 0 && shapeOf(meta) === undefined) return
    const header = npyHeader({ meta, data })
    if (!(header instanceof Uint8Array)) {
      reject({ place: { source: pattern.name(number) }, ...header, bytes: data })
      return
    }
    writeWholeFile(pattern.name(number), [header, data])
    number++
    count.out++
    count.bytes += header.length + data.length
  }
  return {
    write(batch) {
      for (const packet of batch) write(packet)
    },
    async close() {},
  }
}
