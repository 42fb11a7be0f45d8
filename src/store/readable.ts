// Packets that turn out unreadable only when somebody looks: lines are not parsed before.

import { readMeta } from '../codec/unreadable.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'

/** Several stores look at the same packet: it is rejected once. */
const rejected = new WeakSet<Packet>()

/** The packets whose meta can be read; the others are rejected. */
export function readable(batch: Batch, reject: Rejecter): Batch {
  let kept: Packet[] | undefined
  for (const [index, packet] of batch.entries()) {
    if (isReadable(packet, reject)) kept?.push(packet)
    else kept ??= batch.slice(0, index)
  }
  return kept ?? batch
}

function isReadable(packet: Packet, reject: Rejecter): boolean {
  return (
    readMeta(packet, fault => {
      if (rejected.has(packet)) return
      rejected.add(packet)
      reject(fault)
    }) !== undefined
  )
}
