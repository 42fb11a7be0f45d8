// The samples of one stream, put together from its packets and transformed block by block: rows of bins.

import type { Meta } from '../packet.ts'
import type { Numbers, SampleFormat } from './samples.ts'
import type { Transform, TransformSide } from './transform.ts'

/** Where the samples of a block came from. */
export interface Origin {
  /** Of the packet with the first sample, and how many samples that is after its first one. */
  readonly meta: Meta
  readonly offset: number
  /** Of the packet with the last sample, and how many samples the first one of that is after the first one of `meta`. */
  readonly last: Meta
  readonly apart: number
}

/** Rows that lie one behind the other. */
export interface Rows {
  readonly numbers: Numbers
  readonly count: number
  /** No others come of the same packet: they are valid until the next one is pushed. Others are during the call. */
  readonly alone: boolean
  origin(row: number): Origin
}

export type TakeRows = (rows: Rows) => void

export interface SampleStreamOptions {
  readonly size: number
  /** Samples from block to block, at most the size. */
  readonly hop: number
  readonly format: SampleFormat
  readonly transform: Transform
  /** Takes the mean of each block away from its samples. */
  readonly removeMean: boolean
  readonly take: TakeRows
}

/** Where a packet's samples begin, counted from the first one of the stream. */
interface Mark {
  readonly meta: Meta
  readonly at: number
}

/** Rows that the transform has begun. */
interface Begun {
  readonly side: TransformSide
  readonly count: number
  readonly alone: boolean
  /** The first sample, counted from the first one of the stream. */
  readonly start: number
}

export class SampleStream {
  readonly #options: SampleStreamOptions
  readonly #parts: number
  readonly #sides: readonly [TransformSide, ...TransformSide[]]
  #side: TransformSide
  /** Samples that wait for their block to be full. With means removed they cannot lie in the transform's own input. */
  #held: Numbers
  readonly #room: number
  readonly #marks: Mark[] = []
  #begun: Begun | undefined
  /** Samples of the stream before the first one that is held. */
  #base = 0
  #count = 0
  /** Of the samples held, those that were in a block already. */
  #used = 0

  constructor(options: SampleStreamOptions) {
    const { transform, format, removeMean } = options
    this.#options = options
    this.#parts = format.complex ? 2 : 1
    this.#sides = transform.sides && !removeMean ? transform.sides : [oneSide(transform)]
    this.#side = this.#sides[0]
    this.#held = removeMean ? transform.input.slice() : transform.input
    this.#room = Math.floor(this.#held.length / this.#parts)
  }

  /** Samples that were in no block yet. */
  get untransformed(): number {
    return this.#count - this.#used
  }

  /** Where the bytes of the next samples may be put before they are pushed, so that they need not be copied. */
  room(): Uint8Array | undefined {
    const { format, size, transform } = this.#options
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = this.#held
    if (format.plain !== BYTES_PER_ELEMENT) return undefined
    const samples = Math.min(this.#room, transform.blocks * size) - this.#count
    return new Uint8Array(buffer, byteOffset + this.#count * format.bytes, samples * format.bytes)
  }

  /** Takes whole samples; calls `take` for what became of them before it returns. */
  push(meta: Meta, data: Uint8Array): void {
    const { format } = this.#options
    const samples = data.length / format.bytes
    this.#marks.push({ meta, at: this.#base + this.#count })
    for (let read = 0; read < samples; ) {
      const count = Math.min(samples - read, this.#room - this.#count)
      const piece = data.subarray(read * format.bytes, (read + count) * format.bytes)
      const inPlace = this.#isInPlace(piece)
      if (!inPlace) format.read(piece, this.#held.subarray(this.#count * this.#parts))
      this.#count += count
      read += count
      // What is read in place comes from a file: more of it is ready, and the rows of this can wait until it is there.
      this.#transform({ alone: count === samples, ahead: inPlace })
    }
  }

  /** Calls `take` for rows that the transform was left alone with. */
  flush(): void {
    const begun = this.#begun
    if (!begun) return
    this.#begun = undefined
    const { side, count, alone, start } = begun
    const { hop, take } = this.#options
    take({ numbers: side.finish(), count, alone, origin: row => this.#origin(start + row * hop) })
  }

  #isInPlace({ buffer, byteOffset }: Uint8Array): boolean {
    const { plain, bytes } = this.#options.format
    const isHere = buffer === this.#held.buffer && byteOffset === this.#held.byteOffset + this.#count * bytes
    return isHere && plain === this.#held.BYTES_PER_ELEMENT
  }

  /** Samples that the block which is being gathered needs. */
  get missing(): number {
    return this.#options.size - this.#count
  }

  /** Fills the block up with zeros. */
  pad(): void {
    const { size } = this.#options
    this.#held.fill(0, this.#count * this.#parts, size * this.#parts)
    this.#count = size
    this.#transform({ alone: false, ahead: false })
    this.clear()
  }

  /** Forgets what is held. */
  clear(): void {
    this.flush()
    this.#base += this.#count
    this.#count = 0
    this.#used = 0
    this.#marks.length = 0
  }

  #transform({ alone, ahead }: { readonly alone: boolean; readonly ahead: boolean }): void {
    const { size, hop, transform } = this.#options
    let first = 0
    while (this.#count - first >= size) {
      const blocks = Math.floor((this.#count - first - size) / hop) + 1
      const count = Math.min(blocks, transform.blocks)
      this.flush()
      this.#begin(first, count)
      const start = this.#base + first
      this.#begun = { side: this.#side, count, start, alone: alone && first === 0 && count === blocks }
      first += count * hop
      if (!ahead || this.#sides.length === 1 || count < blocks) this.flush()
    }
    if (first > 0) this.#drop(first)
  }

  #begin(first: number, count: number): void {
    const { size, hop, transform, removeMean } = this.#options
    if (!removeMean) {
      this.#side.begin(first, hop, count)
      return
    }
    for (let block = 0; block < count; block++) {
      const from = (first + block * hop) * this.#parts
      copyWithoutMean(this.#held.subarray(from, from + size * this.#parts), transform.input, block * size, this.#parts)
    }
    this.#side.begin(0, size, count)
  }

  #origin(sample: number): Origin {
    const mark = this.#markOf(sample)
    const last = this.#markOf(sample + this.#options.size - 1)
    const begun = mark?.at ?? 0
    return { meta: mark?.meta ?? {}, offset: sample - begun, last: last?.meta ?? {}, apart: (last?.at ?? 0) - begun }
  }

  #markOf(sample: number): Mark | undefined {
    const [only] = this.#marks
    return this.#marks.length === 1 ? only : this.#marks.findLast(({ at }) => at <= sample)
  }

  /** The first samples are not needed any more; the others begin the next blocks, on the side that is free. */
  #drop(samples: number): void {
    const rest = this.#held.subarray(samples * this.#parts, this.#count * this.#parts)
    if (this.#begun) {
      this.#side = this.#sides.find(side => side !== this.#side) ?? this.#side
      this.#held = this.#side.input
    }
    this.#held.set(rest)
    this.#count -= samples
    this.#base += samples
    // The last block ended before the next sample that is new.
    this.#used = this.#options.size - this.#options.hop
    const oldest = this.#begun?.start ?? this.#base
    const marks = this.#marks
    while (marks.length > 1 && (marks[1]?.at ?? Number.POSITIVE_INFINITY) <= oldest) marks.shift()
  }
}

/** A transform that is done when it returns. */
function oneSide(transform: Transform): TransformSide {
  let rows: Numbers = transform.input
  return {
    input: transform.input,
    begin(first, hop, count) {
      rows = transform.run(first, hop, count)
    },
    finish: () => rows,
  }
}

function copyWithoutMean(block: Numbers, to: Numbers, place: number, parts: number): void {
  const at = place * parts
  for (let part = 0; part < parts; part++) {
    let sum = 0
    for (let n = part; n < block.length; n += parts) sum += block[n] ?? 0
    const mean = (sum * parts) / block.length
    for (let n = part; n < block.length; n += parts) to[at + n] = (block[n] ?? 0) - mean
  }
}
