// Packets that turn out unreadable only when somebody looks at their meta: as rejects.

import { DataError } from '../errors.ts'
import type { Meta, Packet } from '../packet.ts'
import type { Reject, Rejecter } from '../stream/reject.ts'
import { REJECT_BYTES } from './gather.ts'

export const INVALID_JSON = 'invalid JSON'
export const BAD_DATA = 'bad data'

/** What a DataError says, taken apart into the phrase that is counted and its detail. */
export function faultOf(error: DataError): Pick<Reject, 'reason' | 'detail'> {
  const reason = [INVALID_JSON, BAD_DATA].find(phrase => error.reason.startsWith(`${phrase}: `))
  if (reason === undefined) return { reason: error.reason }
  return { reason, detail: error.reason.slice(reason.length + 2) }
}

/** The meta of a packet; nothing, and a reject, if it cannot be read. Other errors are thrown on. */
export function readMeta(packet: Packet, reject: Rejecter): Meta | undefined {
  try {
    return packet.meta
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    const bytes = 'bytes' in packet && packet.bytes instanceof Uint8Array ? packet.bytes : new Uint8Array(0)
    reject({ place: error.place, ...faultOf(error), bytes: bytes.subarray(0, REJECT_BYTES) })
    return undefined
  }
}
