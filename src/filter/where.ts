// Passes the packets whose fields meet every condition; plain lines are scanned, not parsed.

import { Line } from '../codec/line.ts'
import { FieldScan } from '../codec/scan.ts'
import { readMeta } from '../codec/unreadable.ts'
import type { Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { type Condition, isPlainField, parseCondition, valueAt } from './condition.ts'

/** Throws a UsageError for what is no condition. A packet that turns out to be no JSON is rejected. */
export function where(conditions: readonly string[], reject: Rejecter): Stage {
  const all = conditions.map(parseCondition)
  const scan = all.every(({ field }) => isPlainField(field)) ? new FieldScan(all.map(({ field }) => field)) : undefined
  return {
    push(batch) {
      const passed: Packet[] = []
      for (const packet of batch) {
        const holds =
          packet instanceof Line && scan?.scan(packet)
            ? holdInLine(all, scan, packet.buffer)
            : holdInMeta(all, packet, reject)
        if (holds) passed.push(packet)
      }
      return passed.length === batch.length ? batch : passed
    },
  }
}

function holdInLine(all: readonly Condition[], { starts, ends }: FieldScan, buffer: Buffer): boolean {
  for (let index = 0; index < all.length; index++) {
    const start = starts[index] ?? -1
    if (start < 0 || !all[index]?.holdsAt(buffer, start, ends[index] ?? 0)) return false
  }
  return true
}

function holdInMeta(all: readonly Condition[], packet: Packet, reject: Rejecter): boolean {
  const meta = readMeta(packet, reject)
  if (!meta) return false
  return all.every(({ field, holds }) => {
    const value = valueAt(meta, field)
    return value !== undefined && holds(value)
  })
}
