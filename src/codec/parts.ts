// A packet that is still the parts of the message it came as: its meta is parsed only when somebody looks.

import { DataError, type Place } from '../errors.ts'
import type { Meta, Packet } from '../packet.ts'
import { isTooDeep, TOO_DEEP } from './depth.ts'
import { asBuffer } from './gather.ts'
import type { JointMetas } from './joint-metas.ts'
import { INVALID_JSON } from './unreadable.ts'

/** What a message came with beside its meta and data. */
export interface PartsOrigin {
  /** The peer it came from. */
  readonly source: string
  /** Of a message with a part of its own for it: becomes the meta's `topic`. */
  readonly topic?: string | undefined
}

/** The meta's bytes start with `{` and end with `}`, but for white space; none at all stand for an empty object. */
export class Parts implements Packet {
  readonly metaBytes: Uint8Array
  readonly data: Uint8Array
  readonly source: string
  readonly topic: string | undefined
  #meta: Meta | undefined
  #joint: JointMetas | undefined
  #number = -1

  constructor(metaBytes: Uint8Array, data: Uint8Array, { source, topic }: PartsOrigin) {
    this.metaBytes = metaBytes
    this.data = data
    this.source = source
    this.topic = topic
    this.#meta = undefined
    this.#joint = undefined
  }

  /** Its meta will be parsed with these. */
  join(metas: JointMetas): void {
    this.#number = metas.add(this.metaBytes)
    if (this.#number >= 0) this.#joint = metas
  }

  /** Throws a DataError if the bytes are no JSON object. */
  get meta(): Meta {
    this.#meta ??= this.#parse()
    return this.#meta
  }

  get bytes(): Uint8Array {
    return this.metaBytes
  }

  get place(): Place {
    return { source: this.source }
  }

  #parse(): Meta {
    const { topic } = this
    const meta = this.#joint?.meta(this.#number) ?? this.#parseBytes()
    this.#joint = undefined
    return topic === undefined ? meta : { ...meta, topic }
  }

  #parseBytes(): Meta {
    const bytes = asBuffer(this.metaBytes)
    if (bytes.length === 0) return {}
    if (isTooDeep(bytes, 0, bytes.length)) throw new DataError(this.place, `${INVALID_JSON}: ${TOO_DEEP}`)
    try {
      return JSON.parse(bytes.toString('utf8')) as Meta
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new DataError(this.place, `${INVALID_JSON}: ${detail}`, { cause: error })
    }
  }
}
