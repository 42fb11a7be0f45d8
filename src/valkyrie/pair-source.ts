// The file class, reading: pairs of JSON and bytes in the order of their numbers, also as they come.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { CarrierContext } from '../carrier/carrier.ts'
import { Changes } from '../carrier/changes.ts'
import { carrierError, inWords } from '../carrier/failure.ts'
import { Parts } from '../codec/parts.ts'
import { readMeta } from '../codec/unreadable.ts'
import { errorCode } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import { DATA_ENDING, META_ENDING } from './pair-sink.ts'
import type { Pattern } from './pattern.ts'

export interface PairOptions {
  readonly context: Pick<CarrierContext, 'stop' | 'warn' | 'ledger'>
  readonly reject: Rejecter
  /** Bytes of a pair; a larger one is rejected unread. */
  readonly maxPacket: number
  /** Goes on as pairs come, until stopped. */
  readonly follow: boolean
}

/** A batch ends here, so that a folder of images is not held at once. */
const ENOUGH = 1024 * 1024
const MOST_PACKETS = 64

/** How often a followed folder is searched for pairs behind one that is missing. */
const LIST_EVERY_MS = 500

/** Pairs come from the lowest number on; one that is missing among others is counted as lost. */
export async function* pairSource(pattern: Pattern, options: PairOptions): AsyncGenerator<Batch> {
  const { stop } = options.context
  const changes = options.follow ? new Changes({ folder: pattern.folder }, stop) : undefined
  const reader = new PairReader(pattern, options)
  try {
    let listed = performance.now()
    const numbers = reader.listed()
    if (numbers.length === 0 && !changes) options.context.warn(`${pattern.text}: no such files`)
    yield* batches(numbers, reader, stop)
    while (changes && !stop.aborted) {
      await changes.next()
      // Looking through a large folder for each pair that comes would take longer with every pair.
      const again = performance.now() - listed >= LIST_EVERY_MS
      if (again) listed = performance.now()
      yield* batches(again ? reader.listed() : reader.following(), reader, stop)
    }
  } finally {
    changes?.close()
  }
}

/** Where a reject throws, the packets before it come first. */
function* batches(numbers: Iterable<number>, reader: PairReader, stop: AbortSignal): Generator<Batch> {
  let packets: Packet[] = []
  let bytes = 0
  try {
    for (const number of numbers) {
      if (stop.aborted) break
      const packet = reader.read(number)
      if (!packet) continue
      packets.push(packet)
      bytes += packet.data.length
      if (bytes < ENOUGH && packets.length < MOST_PACKETS) continue
      yield packets
      packets = []
      bytes = 0
    }
  } catch (error) {
    if (packets.length > 0) yield packets
    throw error
  }
  if (packets.length > 0) yield packets
}

class PairReader {
  readonly #pattern: Pattern
  readonly #options: PairOptions
  readonly #count: StageCount
  /** Numbers below are read, or gone. */
  #next = 0
  #begun = false
  #told = false

  constructor(pattern: Pattern, options: PairOptions) {
    this.#pattern = pattern
    this.#options = options
    this.#count = options.context.ledger.stage('input')
  }

  /** The numbers that come next, as long as they are there. */
  *following(): Generator<number> {
    while (existsSync(`${this.#pattern.name(this.#next)}${META_ENDING}`)) yield this.#next
  }

  /** The numbers that are there and not yet read. */
  listed(): readonly number[] {
    const { folder } = this.#pattern
    const numbers: number[] = []
    for (const base of this.#names(folder)) {
      if (!base.endsWith(META_ENDING)) continue
      const number = this.#pattern.number(base.slice(0, -META_ENDING.length))
      if (number !== undefined && number >= this.#next) numbers.push(number)
    }
    return numbers.sort((a, b) => a - b)
  }

  /** Nothing where the pair cannot be read, which is told. */
  read(number: number): Packet | undefined {
    const lost = number - this.#next
    if (lost > 0 && this.#begun) {
      this.#count.drop('missing', lost)
      this.#options.context.warn(
        `${this.#pattern.name(number)}: ${lost} ${lost === 1 ? 'pair' : 'pairs'} before it missing`,
      )
    }
    this.#begun = true
    this.#next = number + 1
    const packet = this.#readPair(this.#pattern.name(number))
    if (packet) this.#count.in++
    return packet
  }

  #names(folder: string): readonly string[] {
    try {
      return readdirSync(folder)
    } catch (error) {
      if (!this.#options.follow || errorCode(error) !== 'ENOENT') throw carrierError(this.#pattern.text, error)
      if (!this.#told) this.#options.context.warn(`${folder}: no such folder yet, waiting for it`)
      this.#told = true
      return []
    }
  }

  #readPair(name: string): Packet | undefined {
    const { reject, maxPacket } = this.#options
    const source = `${name}${META_ENDING}`
    const dataName = `${name}${DATA_ENDING}`
    const size = sizeOf(source) + sizeOf(dataName)
    if (Number.isNaN(size)) {
      reject({ place: { source }, reason: 'half a packet', detail: `expected ${dataName}, too`, bytes: NOTHING })
      return undefined
    }
    if (size > maxPacket) {
      const detail = `${size} bytes, expected at most ${maxPacket}`
      reject({ place: { source }, reason: 'too long', detail, bytes: NOTHING })
      return undefined
    }
    const text = inWords(source, () => readFileSync(source))
    const data = inWords(dataName, () => readFileSync(dataName))
    this.#count.bytes += text.length + data.length
    const packet = new Parts(text, data, { source })
    const meta: unknown = readMeta(packet, reject)
    if (meta === undefined || isObject(meta)) return meta && packet
    reject({ place: { source }, reason: 'not an object', detail: 'expected a JSON object', bytes: text })
    return undefined
  }
}

const NOTHING = new Uint8Array(0)

/** NaN where there is no file. */
function sizeOf(path: string): number {
  return inWords(path, () => statSync(path, { throwIfNoEntry: false }))?.size ?? Number.NaN
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
