// Packets that turn out unreadable only when somebody looks: lines are not parsed before.

import { DataError } from '../errors.ts'
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
  try {
    return packet.meta !== undefined
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    if (rejected.has(packet)) return false
    rejected.add(packet)
    const bytes = 'bytes' in packet && packet.bytes instanceof Uint8Array ? packet.bytes : new Uint8Array(0)
    const [reason = error.reason, detail] = error.reason.split(/: (.*)/s)
    reject({ place: error.place, reason, bytes, ...(detail !== undefined && { detail }) })
    return false
  }
}
