// Passes the packets whose fields meet every condition; plain lines are scanned as far as needed, not parsed.

import { Line } from '../codec/line.ts'
import { TailScan } from '../codec/tail-scan.ts'
import { readMeta } from '../codec/unreadable.ts'
import type { Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { type Condition, isPlainField, parseCondition, valueAt } from './condition.ts'

/** Throws a UsageError for what is no condition. A packet that turns out to be no JSON, as far as it is read, is rejected. */
export function where(conditions: readonly string[], reject: Rejecter): Stage {
  const all = conditions.map(parseCondition)
  const fields = [...new Set(all.map(({ field }) => field))]
  const scan = fields.every(isPlainField) ? new TailScan(fields) : undefined
  const tests = all.map(condition => ({ condition, index: fields.indexOf(condition.field) }))
  return {
    push(batch) {
      const passed: Packet[] = []
      for (const packet of batch) {
        const holds =
          packet instanceof Line && scan?.scan(packet)
            ? holdInLine(tests, scan, packet.buffer)
            : holdInMeta(all, packet, reject)
        if (holds) passed.push(packet)
      }
      return passed.length === batch.length ? batch : passed
    },
  }
}

interface Test {
  readonly condition: Condition
  /** Of the field's key in the scan. */
  readonly index: number
}

function holdInLine(tests: readonly Test[], { starts, ends }: TailScan, buffer: Buffer): boolean {
  for (const { condition, index } of tests) {
    const start = starts[index] ?? -1
    if (start < 0 || !condition.holdsAt(buffer, start, ends[index] ?? 0)) return false
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
