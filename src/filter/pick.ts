// Passes only some fields of each packet, in the order asked for; plain lines are cut, not parsed.

import { ByteWriter } from '../codec/byte-writer.ts'
import { Line } from '../codec/line.ts'
import { FieldScan } from '../codec/scan.ts'
import { readMeta } from '../codec/unreadable.ts'
import { UsageError } from '../errors.ts'
import { type Batch, type Json, type Meta, NO_DATA, type Packet, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { isPlainField, valueAt } from './condition.ts'

const OPEN = 0x7b
const CLOSE = 0x7d
const COMMA = 0x2c
const NEWLINE = 10

/**
 * A missing field is left out; the bytes of a packet are kept, with their dtype, where `data` is asked for. Values of
 * plain lines keep their spelling. A packet that turns out to be no JSON is rejected.
 */
export function pick(fields: readonly string[], reject: Rejecter): Stage {
  const names = [...new Set(fields)]
  if (names.length === 0 || names.includes('')) throw new UsageError('expected the names of fields to pick')
  const scan = names.every(isPlainField) ? new FieldScan(names) : undefined
  const heads = names.map(name => Buffer.from(`${JSON.stringify(name)}:`))
  return {
    push(batch) {
      const picked = new PickedLines(heads)
      for (const item of batch) {
        if (item instanceof Line && scan?.scan(item)) {
          picked.cut(item, scan)
          continue
        }
        const meta = readMeta(item, reject)
        if (!meta) continue
        const entries = names.map(name => [name, valueAt(meta, name)] as const).filter(isThere)
        const keepsData = item.data.length > 0 && names.includes('data')
        if (keepsData || !(item instanceof Line)) picked.packet(metaOf(entries, meta, { keepsData }), item)
        else picked.text(item, entries)
      }
      return picked.finish()
    },
  }
}

type Entry = readonly [name: string, value: Json]

function isThere(entry: readonly [string, Json | undefined]): entry is Entry {
  return entry[1] !== undefined
}

function metaOf(entries: readonly Entry[], from: Meta, { keepsData }: { readonly keepsData: boolean }): Picked {
  const dtype = from['dtype']
  const needsDtype = keepsData && dtype !== undefined
  return { meta: Object.fromEntries(needsDtype ? [...entries, ['dtype', dtype]] : entries), keepsData }
}

interface Picked {
  readonly meta: Meta
  readonly keepsData: boolean
}

/** The lines of one batch, written one after the other into one buffer. */
class PickedLines {
  readonly #heads: readonly Buffer[]
  readonly #writer = new ByteWriter()
  readonly #packets: (Packet | undefined)[] = []
  readonly #starts: number[] = []
  readonly #from: Line[] = []

  constructor(heads: readonly Buffer[]) {
    this.#heads = heads
  }

  packet({ meta, keepsData }: Picked, { data }: Packet): void {
    this.#packets.push(packet(meta, keepsData ? data : NO_DATA))
  }

  text(line: Line, entries: readonly Entry[]): void {
    this.#begin(line)
    const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    this.#writer.text(`{${members.join(',')}}\n`)
  }

  cut(line: Line, { starts, ends }: FieldScan): void {
    const writer = this.#writer
    const heads = this.#heads
    const { buffer } = line
    this.#begin(line)
    writer.byte(OPEN)
    let first = true
    for (let index = 0; index < heads.length; index++) {
      const start = starts[index] ?? -1
      const head = heads[index]
      if (start < 0 || !head) continue
      if (!first) writer.byte(COMMA)
      first = false
      writer.copy(head, 0, head.length)
      writer.copy(buffer, start, ends[index] ?? start)
    }
    writer.byte(CLOSE)
    writer.byte(NEWLINE)
  }

  /** The place is kept for the lines as they came, whatever became of them. */
  finish(): Batch {
    const buffer = this.#writer.finish()
    const out: Packet[] = []
    let index = 0
    for (const item of this.#packets) {
      const from = item ? undefined : this.#from[index]
      if (!from) {
        if (item) out.push(item)
        continue
      }
      const start = this.#starts[index] ?? 0
      const end = (this.#starts[index + 1] ?? buffer.length) - 1
      const { source, line = 1, offset = 0 } = from.place
      out.push(new Line(buffer, start, end, { source, offset: offset - start, line: line - index }))
      index++
    }
    return out
  }

  #begin(line: Line): void {
    this.#packets.push(undefined)
    this.#starts.push(this.#writer.used)
    this.#from.push(line)
  }
}
