// A spectrum as a packet: bins as data; its meta is put together when somebody looks.

import type { Meta, Packet } from '../packet.ts'
import type { Origin } from './origins.ts'
import { timeFieldsAfter } from './sample-time.ts'

/** What the spectra of a stream have in common. */
export interface SpectrumFamily {
  /** The fields that do not change from block to block. */
  metaFor(origin: Origin): Meta
  /** Hz, if it is known without looking at a block. */
  readonly sampleRate: number | undefined
  /** Samples from block to block. */
  readonly hop: number
}

export interface SpectrumFields {
  /** The number of the spectrum, the first of the packet. */
  readonly seq: number
  /** How many spectra, one behind the other. */
  readonly rows: number
  /** How many spectra it is the average of. */
  readonly averages: number | undefined
  /** How many zeros fill its block up. */
  readonly padded: number | undefined
}

export class SpectrumPacket implements Packet {
  readonly data: Uint8Array
  readonly #family: SpectrumFamily
  readonly #origin: Origin
  readonly #fields: SpectrumFields
  #meta: Meta | undefined

  constructor(data: Uint8Array, family: SpectrumFamily, origin: Origin, fields: SpectrumFields) {
    this.data = data
    this.#family = family
    this.#origin = origin
    this.#fields = fields
  }

  get meta(): Meta {
    this.#meta ??= this.#make()
    return this.#meta
  }

  #make(): Meta {
    const { meta, offset } = this.#origin
    const { sampleRate, hop } = this.#family
    const { seq, rows, averages, padded } = this.#fields
    const seconds = sampleRate === undefined ? 0 : offset / sampleRate
    const fields = this.#family.metaFor(this.#origin)
    const { shape } = fields
    return {
      ...timeFieldsAfter(meta, seconds),
      ...fields,
      ...(rows > 1 && Array.isArray(shape) && { shape: [rows, ...shape] }),
      ...(rows > 1 && sampleRate !== undefined && { row_interval: hop / sampleRate }),
      seq,
      ...(averages !== undefined && { averages }),
      ...(padded !== undefined && { padded }),
    }
  }
}
