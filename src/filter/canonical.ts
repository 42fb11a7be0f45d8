// Parses every packet and prints it anew: one spelling for the same JSON, whatever the source looked like.

import { readMeta } from '../codec/unreadable.ts'
import type { Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'

/** Packets by their meaning: without the bytes they came as. What turns out not to parse is rejected. */
export function canonical(reject: Rejecter): Stage {
  return {
    push(batch) {
      const out: Packet[] = []
      for (const item of batch) {
        const meta = readMeta(item, reject)
        if (meta) out.push({ meta, data: item.data })
      }
      return out
    },
  }
}
