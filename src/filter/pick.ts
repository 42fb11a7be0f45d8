// Passes only some fields of each packet, in the order asked for; plain lines are cut, not parsed.

import { Line } from '../codec/line.ts'
import { TailScan } from '../codec/tail-scan.ts'
import { readMeta } from '../codec/unreadable.ts'
import { type Place, UsageError } from '../errors.ts'
import { type Json, type Meta, NO_DATA, type Packet, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { isPlainField, valueAt } from './condition.ts'

const OPEN = 0x7b
const CLOSE = 0x7d
const COMMA = 0x2c
const NEWLINE = 10
const LOOP = 48
const NOTHING = Buffer.alloc(0)
/** Bytes for one line and a little more. */
const SPARE = 512

/**
 * A missing field is left out; the bytes of a packet are kept, with their dtype, where `data` is asked for. Values of
 * plain lines keep their spelling. A packet that turns out to be no JSON, as far as it is read, is rejected.
 */
export function pick(fields: readonly string[], reject: Rejecter): Stage {
  const names = [...new Set(fields)]
  if (names.length === 0 || names.includes('')) throw new UsageError('expected the names of fields to pick')
  const scan = names.every(isPlainField) ? new TailScan(names) : undefined
  const heads = names.map(name => Buffer.from(`${JSON.stringify(name)}:`))
  /** Bytes of a line, as the last batch had it: a slab of about the right size is allocated at once. */
  let mean = 64
  return {
    push(batch) {
      const picked = new PickedLines(heads, Math.ceil(mean * batch.length) + SPARE)
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
      if (batch.length > 0) mean = (picked.size / batch.length) * 1.1
      return picked.packets
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

/** A line that was written anew and still knows where it came from, which is worked out only for whoever asks. */
class PickedLine extends Line {
  readonly #from: Line

  constructor(buffer: Buffer, start: number, end: number, from: Line) {
    super(buffer, start, end, from.origin)
    this.#from = from
  }

  override get place(): Place {
    return this.#from.place
  }
}

/** The packets of a batch; lines are written one after the other into slabs, of which one is mostly enough. */
class PickedLines {
  readonly packets: Packet[] = []
  readonly #heads: readonly Buffer[]
  /** At most so many bytes does a line have beside its values. */
  readonly #frame: number
  #slab: Buffer = NOTHING
  #used = 0
  /** Bytes written into slabs before this one. */
  #full = 0
  readonly #expected: number

  /** `expected`: bytes that a slab has room for. */
  constructor(heads: readonly Buffer[], expected: number) {
    this.#heads = heads
    this.#expected = expected
    this.#frame = heads.reduce((sum, head) => sum + head.length + 1, 3)
  }

  /** Bytes written. */
  get size(): number {
    return this.#full + this.#used
  }

  packet({ meta, keepsData }: Picked, { data }: Packet): void {
    this.packets.push(packet(meta, keepsData ? data : NO_DATA))
  }

  text(line: Line, entries: readonly Entry[]): void {
    const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
    const text = `{${members.join(',')}}\n`
    this.#room(text.length * 3)
    this.#add(line, this.#used + this.#slab.write(text, this.#used))
  }

  /** The fields lie in the line and do not overlap: that bounds the room they take. */
  cut(line: Line, { starts, ends }: TailScan): void {
    this.#room(this.#frame + line.end - line.start)
    const heads = this.#heads
    const { buffer: from } = line
    const to = this.#slab
    let at = this.#used
    to[at++] = OPEN
    for (let index = 0; index < heads.length; index++) {
      const start = starts[index] as number
      if (start < 0) continue
      const head = heads[index] as Buffer
      at = copy(head, to, at, 0, head.length)
      at = copy(from, to, at, start, ends[index] as number)
      to[at++] = COMMA
    }
    if (to[at - 1] === COMMA) at--
    to[at++] = CLOSE
    to[at++] = NEWLINE
    this.#add(line, at)
  }

  #add(line: Line, end: number): void {
    this.packets.push(new PickedLine(this.#slab, this.#used, end - 1, line))
    this.#used = end
  }

  /** What is written is never touched again: a full slab is left to its lines. */
  #room(bytes: number): void {
    if (this.#slab.length - this.#used >= bytes) return
    this.#full += this.#used
    this.#slab = Buffer.allocUnsafeSlow(Math.max(this.#expected, bytes))
    this.#used = 0
  }
}

/** For a few bytes a loop is faster than a call. The position after the copy. */
function copy(from: Buffer, to: Buffer, at: number, start: number, end: number): number {
  if (end - start > LOOP) return at + from.copy(to, at, start, end)
  let next = at
  for (let i = start; i < end; i++) to[next++] = from[i] as number
  return next
}
