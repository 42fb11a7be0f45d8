// Packets that turn out unreadable only when somebody looks: lines are not parsed before.

import { readMeta } from '../codec/unreadable.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'

/** The packets whose meta can be read; the others are rejected. */
export function readable(batch: Batch, reject: Rejecter): Batch {
  let kept: Packet[] | undefined
  for (const [index, packet] of batch.entries()) {
    if (readMeta(packet, reject) !== undefined) kept?.push(packet)
    else kept ??= batch.slice(0, index)
  }
  return kept ?? batch
}

/** Stores look at the same batch one after the other, so that a record they all reject is not far behind. */
const REMEMBERED = 4096

/** Several stores reject the same record for the same reason: it is told and counted once. */
export function once(reject: Rejecter): Rejecter {
  const told = new Set<string>()
  return fault => {
    const { source, offset, line } = fault.place
    if (offset !== undefined || line !== undefined) {
      const key = `${fault.reason} ${line} ${offset} ${source}`
      if (told.has(key)) return
      if (told.size === REMEMBERED) told.clear()
      told.add(key)
    }
    reject(fault)
  }
}
