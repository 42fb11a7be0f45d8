// Packets that cross a bridge: under their name on the other bus, marked, so that none crosses the same bridge twice.

import { Envelope } from '../../codec/envelope.ts'
import { Line } from '../../codec/line.ts'
import { readMeta } from '../../codec/unreadable.ts'
import { gapOf, isObject, type JsonObject, type Meta, type Packet } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Stage } from '../../stream/step.ts'
import type { Answers } from './answers.ts'

/** The bridges that a packet has crossed. */
const VIA = 'via'
/** What a bridge has to look into: a mark of its own kind, or an address for answers. */
const MARKED = Buffer.from('"via"')
const ANSWERED = Buffer.from('"reply_to"')
/** Gap records have no topic of their own. */
const GAPS = '_gap'

export interface CrossingOptions {
  /** Of this bridge. */
  readonly id: string
  /** The name of a topic on the other side; nothing for one that does not cross. */
  readonly rename: (topic: string) => string | undefined
  /** Addresses here that stand for some over there. */
  readonly here: Answers
  /** Addresses over there that stand for some here. */
  readonly there: Answers
  readonly reject: Rejecter
  readonly count: StageCount
}

export function crossing(options: CrossingOptions): Stage {
  const { id, reject, count } = options
  const plain = new PlainLines(options)
  return {
    push(batch) {
      const out: Packet[] = []
      for (const packet of batch) {
        const line = packet instanceof Line ? plain.cross(packet) : undefined
        const crossed = line ?? crossMeta(packet, options)
        if (crossed) out.push(crossed)
      }
      count.in += batch.length
      count.out += out.length
      return out
    },
  }

  function crossMeta(packet: Packet, options: CrossingOptions): Packet | undefined {
    const meta = readMeta(packet, reject)
    const crossed = meta && moved(meta, options)
    if (!crossed) return undefined
    const via = meta[VIA]
    const before = Array.isArray(via) ? via : []
    return before.includes(id) && !isAnswer(meta, options)
      ? undefined
      : { meta: { ...crossed, [VIA]: [...before, id] }, data: packet.data }
  }
}

/**
 * Answers go back on the way on which they were asked for, and end there: one that says by its `via` that it has crossed is
 * one that repeats its request.
 */
function isAnswer({ topic }: Meta, { here }: CrossingOptions): boolean {
  return typeof topic === 'string' && here.behind(topic) !== undefined
}

/** The meta under its name on the other side; nothing if it stays here. */
function moved(meta: Meta, { rename, here, there }: CrossingOptions): JsonObject | undefined {
  const { topic: name, ...rest } = meta
  const isGap = name === undefined && gapOf(meta) !== undefined
  const old = isGap ? GAPS : name
  if (typeof old !== 'string') return undefined
  const answered = here.behind(old)
  const topic = answered ?? rename(old)
  if (topic === undefined) return undefined
  const { reply_to, announce, update } = rest
  return {
    topic,
    ...rest,
    ...(typeof reply_to === 'string' && { reply_to: there.addressFor(reply_to) }),
    ...(isObject(announce) && { announce: withAnswer(announce, there) }),
    // A publisher of a dataset is asked by its name.
    ...(answered !== undefined && isObject(update) && { update: withPublisher(update, rename) }),
  }
}

function withAnswer(announce: JsonObject, there: Answers): JsonObject {
  const { reply_to } = announce
  return typeof reply_to === 'string' ? { ...announce, reply_to: there.addressFor(reply_to) } : announce
}

function withPublisher(update: JsonObject, rename: CrossingOptions['rename']): JsonObject {
  const { publisher } = update
  const name = typeof publisher === 'string' ? rename(publisher) : undefined
  return name === undefined ? update : { ...update, publisher: name }
}

/** Lines of which nothing but the topic has to be known: renamed and marked without being parsed. */
class PlainLines {
  readonly #options: CrossingOptions
  readonly #envelope = new Envelope()
  readonly #mark: Buffer

  constructor(options: CrossingOptions) {
    this.#options = options
    this.#mark = Buffer.from(`{"${VIA}":[${JSON.stringify(options.id)}],`)
  }

  /** Nothing for a line that has to be looked into. */
  cross(line: Line): Line | undefined {
    const { buffer, start, end, origin } = line
    const envelope = this.#envelope
    const bytes = buffer.subarray(start, end)
    if (bytes.includes(MARKED) || bytes.includes(ANSWERED)) return undefined
    if (envelope.scan(buffer, start, end) !== 'data' || envelope.isEscaped(buffer)) return undefined
    const topic = envelope.topicText(buffer)
    if (this.#options.here.behind(topic) !== undefined) return undefined
    const name = this.#options.rename(topic)
    if (name === undefined) return undefined
    const value = JSON.stringify(name)
    const text = Buffer.concat([
      this.#mark,
      buffer.subarray(start + 1, envelope.topicStart - 1),
      Buffer.from(value),
      buffer.subarray(envelope.topicEnd + 1, end),
    ])
    return new Line(text, 0, text.length, origin)
  }
}
