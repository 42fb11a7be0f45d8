// The samples of one stream, put together from its packets and transformed block by block: rows of bins.

import type { Meta } from '../packet.ts'
import type { PieceWork } from '../stream/piece-work.ts'
import { type Origin, Origins } from './origins.ts'
import type { Numbers, SampleFormat } from './samples.ts'
import type { Transform } from './transform.ts'

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

/** Where whoever reads samples may put them, or what he may do with them, before they are pushed. */
export interface SamplePlaces {
  /** Where the bytes of the next samples may be put before they are pushed, so that they need not be copied. */
  room(): Uint8Array | undefined
  /**
   * Two places for whoever reads ahead: the bytes of the next samples are put into the one while those in the other are pushed.
   * Before each there is room for what is left of a block.
   */
  rooms(): readonly [Uint8Array, Uint8Array] | undefined
  /** What two threads may do with a file's samples, where they come in whole blocks from here on. */
  work(): PieceWork | undefined
}

export class SampleStream implements SamplePlaces {
  readonly #options: SampleStreamOptions
  readonly #parts: number
  /** Samples that wait for their block to be full. With means removed they cannot lie in the transform's own input. */
  readonly #held: Numbers
  readonly #room: number
  readonly #origins = new Origins()
  /** Where the first of them lies. */
  #at = 0
  /** Samples of the stream before it. */
  #base = 0
  #count = 0
  /** Of the samples held, those that were in a block already. */
  #used = 0
  /** The two rooms belong to whoever reads ahead: at any time bytes may come there. */
  #isReadAhead = false

  constructor(options: SampleStreamOptions) {
    const { transform, format, removeMean } = options
    const { input } = transform
    this.#options = options
    this.#parts = format.complex ? 2 : 1
    this.#held = removeMean ? new (format.double ? Float64Array : Float32Array)(input.length) : input
    this.#room = Math.floor(input.length / this.#parts)
  }

  /** Samples that were in no block yet. */
  get untransformed(): number {
    return this.#count - this.#used
  }

  room(): Uint8Array | undefined {
    if (!this.#isPlain) return undefined
    const { size, transform } = this.#options
    this.#moveTo(0)
    return this.#bytes(this.#count, Math.min(this.#room, transform.blocks * size) - this.#count)
  }

  rooms(): readonly [Uint8Array, Uint8Array] | undefined {
    const samples = this.#options.transform.blocks * this.#options.size
    const [first, second] = this.#places
    if (!this.#isPlain || this.#room < second + samples) return undefined
    this.#moveTo(0)
    this.#isReadAhead = true
    return [this.#bytes(first, samples), this.#bytes(second, samples)]
  }

  work(): PieceWork | undefined {
    const { size, hop, transform, removeMean } = this.#options
    const isWhole = this.#isPlain && !removeMean && hop === size && this.#count === 0
    return isWhole ? transform.pieces?.give() : undefined
  }

  /** Takes whole samples; calls `take` for what became of them before it returns. */
  push(meta: Meta, data: Uint8Array): void {
    const { format } = this.#options
    const samples = data.length / format.bytes
    this.#origins.add(meta, this.#base + this.#count)
    const rows = this.#options.transform.pieces?.rowsOf(data)
    if (rows) {
      this.#takeDone(rows, samples)
      return
    }
    const place = this.#placeOf(data)
    if (place !== undefined) {
      this.#moveTo(place - this.#count)
      this.#count += samples
      this.#transform(true)
      // By the next call other samples may have come where these lie.
      const [first, second] = this.#places
      if (place === first) this.#moveTo(second - this.#count)
      if (place === second) this.#moveTo(first - this.#count)
      return
    }
    const [before] = this.#places
    const room = this.#isReadAhead ? before : this.#room
    for (let read = 0; read < samples; ) {
      this.#moveTo(0)
      const count = Math.min(samples - read, room - this.#count)
      format.read(
        data.subarray(read * format.bytes, (read + count) * format.bytes),
        this.#held.subarray(this.#count * this.#parts),
      )
      this.#count += count
      read += count
      this.#transform(count === samples)
    }
  }

  /** Samples that the block which is being gathered needs. */
  get missing(): number {
    return this.#options.size - this.#count
  }

  /** Fills the block up with zeros. */
  pad(): void {
    const { size } = this.#options
    this.#moveTo(0)
    this.#held.fill(0, this.#count * this.#parts, size * this.#parts)
    this.#count = size
    this.#transform(false)
    this.clear()
  }

  /** Forgets what is held. */
  clear(): void {
    this.#base += this.#count
    this.#count = 0
    this.#used = 0
    this.#origins.clear()
  }

  /** Where the two rooms begin. */
  get #places(): readonly [number, number] {
    const { size, transform } = this.#options
    return [size, 2 * size + transform.blocks * size]
  }

  /** Samples are held as they come. */
  get #isPlain(): boolean {
    return this.#options.format.plain === this.#held.BYTES_PER_ELEMENT
  }

  #bytes(at: number, samples: number): Uint8Array {
    const { buffer, byteOffset } = this.#held
    const { bytes } = this.#options.format
    return new Uint8Array(buffer, byteOffset + at * bytes, samples * bytes)
  }

  /** Where samples are held already that were put into a room, with enough before them for those that came earlier. */
  #placeOf({ buffer, byteOffset }: Uint8Array): number | undefined {
    if (!this.#isPlain || buffer !== this.#held.buffer) return undefined
    const place = (byteOffset - this.#held.byteOffset) / this.#options.format.bytes
    return place >= this.#count && place < this.#room ? place : undefined
  }

  /** Rows of whole blocks, while nothing is held. */
  #takeDone(rows: Pick<Rows, 'numbers' | 'count'>, samples: number): void {
    const start = this.#base
    this.#options.take({ ...rows, alone: true, origin: row => this.#origin(start + row * this.#options.size) })
    this.#base += samples
    this.#origins.forget(this.#base)
  }

  #moveTo(place: number): void {
    const parts = this.#parts
    if (place !== this.#at && this.#count > 0)
      this.#held.copyWithin(place * parts, this.#at * parts, (this.#at + this.#count) * parts)
    this.#at = place
  }

  #transform(alone: boolean): void {
    const { size, hop, transform, take } = this.#options
    let first = 0
    while (this.#count - first >= size) {
      const blocks = Math.floor((this.#count - first - size) / hop) + 1
      const count = Math.min(blocks, transform.blocks)
      const start = this.#base + first
      take({
        numbers: this.#run(this.#at + first, count),
        count,
        alone: alone && first === 0 && count === blocks,
        origin: row => this.#origin(start + row * hop),
      })
      first += count * hop
    }
    if (first > 0) this.#drop(first)
  }

  #run(first: number, count: number): Numbers {
    const { size, hop, transform, removeMean } = this.#options
    if (!removeMean) return transform.run(first, hop, count)
    for (let block = 0; block < count; block++) {
      const from = (first + block * hop) * this.#parts
      copyWithoutMean(this.#held.subarray(from, from + size * this.#parts), transform.input, block * size, this.#parts)
    }
    return transform.run(0, size, count)
  }

  #origin(sample: number): Origin {
    return this.#origins.of(sample, sample + this.#options.size - 1)
  }

  /** The first samples are not needed any more. */
  #drop(samples: number): void {
    this.#at += samples
    this.#count -= samples
    this.#base += samples
    this.#origins.forget(this.#base)
    // The last block ended before the next sample that is new.
    this.#used = this.#options.size - this.#options.hop
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
