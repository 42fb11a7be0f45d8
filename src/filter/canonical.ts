// Parses every packet and prints it anew: one spelling for the same JSON, whatever the source looked like.

import { DataError } from '../errors.ts'
import type { Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'

/** Packets by their meaning: without the bytes they came as. What turns out not to parse is rejected. */
export function canonical(reject: Rejecter): Stage {
  const parsed = ({ meta, data }: Packet): Packet => ({ meta, data })
  return {
    push(batch) {
      const out: Packet[] = []
      for (const item of batch) {
        try {
          out.push(parsed(item))
        } catch (error) {
          if (!(error instanceof DataError)) throw error
          reject({ place: error.place, reason: 'invalid JSON', detail: error.reason, bytes: new Uint8Array(0) })
        }
      }
      return out
    },
  }
}
