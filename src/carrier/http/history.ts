// The latest packets of an output, numbered from 0 in the order in which they were written, and encoded once for all.

import { codecNamed } from '../../codec/index.ts'
import type { Batch, Packet } from '../../packet.ts'
import type { Encoder } from '../../stream/step.ts'
import type { Encode } from '../carrier.ts'
import { packetType } from './wording.ts'

export interface HistoryOptions {
  /** How many packets are kept. */
  readonly packets: number
  /** More are kept as long as they are so small that they have fewer bytes than this together. */
  readonly bytes: number
  readonly encode: Encode
}

/** Packets next to each other: encoded, as they are, or both. */
export interface Part {
  readonly count: number
  readonly bytes: number
  /** In the format of the history. */
  readonly chunks: readonly Uint8Array[] | undefined
  readonly packets: Batch
  /** What the first packet is. */
  readonly type: string
}

/** Of packets that have next to no bytes. */
const MOST_SMALL = 16_384
/** Fewer large ones are kept, but two at least. */
const MOST_BYTES = 64 * 2 ** 20

/** What was written at once. The packets themselves are done with: who wants one of many gets it from their bytes. */
class Block implements Part {
  readonly first: number
  readonly count: number
  readonly bytes: number
  readonly chunks: readonly Uint8Array[] | undefined
  readonly type: string
  readonly #format: string
  #packets: Batch | undefined

  constructor(first: number, batch: Batch, format: string, chunks: readonly Uint8Array[] | undefined) {
    this.first = first
    this.count = batch.length
    this.type = typeOf(batch)
    this.#format = format
    this.chunks = chunks
    this.bytes = (chunks ?? batch.map(({ data }) => data)).reduce((sum, { length }) => sum + length, 0)
    if (!chunks) this.#packets = batch
  }

  get packets(): Batch {
    this.#packets ??= decoded(this.chunks ?? [], this.#format)
    return this.#packets
  }
}

function decoded(chunks: readonly Uint8Array[], format: string): Batch {
  const decoder = codecNamed(format).decoder({ source: 'history', reject() {} })
  return [...chunks.flatMap(chunk => [...decoder.push(chunk)]), ...(decoder.end?.() ?? [])]
}

export class History {
  readonly #options: HistoryOptions
  /** Told by the first packets; nothing where the bytes of a packet depend on those before it. */
  #shared: { readonly encoder: Encoder; readonly format: string } | undefined
  #blocks: Block[] = []
  /** Of the blocks, those before this one are forgotten. */
  #head = 0
  #bound: number
  #start = 0
  #end = 0

  constructor(options: HistoryOptions) {
    this.#options = options
    this.#bound = Math.max(1, options.packets)
  }

  /** In which all is encoded, if it is. */
  get format(): string | undefined {
    return this.#shared?.format
  }

  /** How many packets are kept, of such as were written last. */
  get bound(): number {
    return this.#bound
  }

  /** The number that the next packet gets. */
  get end(): number {
    return this.#end
  }

  /** The number of the oldest packet that is kept. */
  get start(): number {
    return this.#start
  }

  /** Forgets what is beyond the bound, but nothing from `held` on. */
  append(batch: Batch, held = Number.POSITIVE_INFINITY): void {
    if (this.#end === 0) this.#choose(batch)
    const block = new Block(this.#end, batch, this.format ?? '', this.#shared?.encoder.push(batch))
    this.#blocks.push(block)
    this.#end += batch.length
    const { packets, bytes } = this.#options
    const each = Math.max(1, block.bytes / Math.max(1, batch.length))
    const wanted = Math.max(1, packets, Math.min(MOST_SMALL, Math.floor(bytes / each)))
    this.#bound = Math.min(wanted, Math.max(2, Math.floor(MOST_BYTES / each)))
    this.#start = Math.max(this.#start, Math.min(this.#end - this.#bound, held))
    this.#forget()
  }

  at(number: number): Packet | undefined {
    if (number < this.#start) return undefined
    const block = this.#blocks[this.#find(number)]
    return block?.packets[number - block.first]
  }

  /**
   * Packets in their order, from this number on, which is kept: at most so many, and not many more bytes. Fewer where that
   * leaves what was written at once whole: only the first part may have to be cut out of its bytes.
   */
  read(from: number, most: number, bytes = Number.POSITIVE_INFINITY): readonly Part[] {
    const parts: Part[] = []
    let left = most
    let room = bytes
    for (let at = from, index = this.#find(from); left > 0 && room > 0; index++) {
      const block = this.#blocks[index]
      if (!block || (parts.length > 0 && block.count > left)) break
      const part = cut(block, at - block.first, left)
      parts.push(part)
      at += part.count
      left -= part.count
      room -= part.bytes
    }
    return parts
  }

  #choose(batch: Batch): void {
    const { encoder, format, shared } = this.#options.encode(batch)
    if (shared) this.#shared = { encoder, format }
  }

  /** The index of the block that the packet is in. */
  #find(number: number): number {
    let low = this.#head
    let high = this.#blocks.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const { first = 0, count = 0 } = this.#blocks[middle] ?? {}
      if (number < first) high = middle - 1
      else if (number >= first + count) low = middle + 1
      else return middle
    }
    return this.#blocks.length
  }

  #forget(): void {
    for (;;) {
      const oldest = this.#blocks[this.#head]
      if (!oldest || oldest.first + oldest.count > this.#start) break
      this.#head++
    }
    if (this.#head < 64 || this.#head < this.#blocks.length / 2) return
    this.#blocks = this.#blocks.slice(this.#head)
    this.#head = 0
  }
}

/** The whole block where it is wanted; packets of it otherwise. */
function cut(block: Block, skip: number, most: number): Part {
  if (skip === 0 && block.count <= most) return block
  return partOf(block.packets.slice(skip, skip + most))
}

export function partOf(packets: Batch): Part {
  return {
    count: packets.length,
    bytes: packets.reduce((sum, { data }) => sum + data.length, 0),
    packets,
    chunks: undefined,
    type: typeOf(packets),
  }
}

function typeOf([first]: Batch): string {
  return first ? packetType(first.meta) : ''
}
