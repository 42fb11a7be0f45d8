// What a codec is: bytes to packets and back, without I/O.

import type { Gap } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Decoder, Encoder } from '../stream/step.ts'

export interface DecodeOptions {
  /** The name of the input, for error messages. */
  readonly source: string
  readonly reject: Rejecter
  /** Told of each gap record that the decoder makes, where the format shows that packets are missing. */
  readonly lose?: (gap: Gap) => void
  /** Parse every record at once, so that a record nobody looks at is checked, too. */
  readonly validate?: boolean
  /** The longest record in bytes; default 1 GiB. A longer one is rejected without being held. */
  readonly maxPacket?: number
  /** The element type of raw bytes (NumPy's or SigMF's name). */
  readonly dtype?: string
  /** Raw bytes are cut into packets of this many bytes. */
  readonly chunk?: number
  /** Raw bytes without a chunk or shape are not cut or held back: a packet is the whole elements that came together. */
  readonly asTheyCome?: boolean
  /** The shape of raw packets, in elements: they are cut by it instead. */
  readonly shape?: readonly number[]
  /** Hz, put into the meta of raw packets. */
  readonly sampleRate?: number
}

export interface EncodeOptions {
  /** How ndjson writes data: base64 text, or numbers where the dtype is known. */
  readonly data?: 'base64' | 'array'
  /** Fill the CRC field of frames; default true. */
  readonly crc?: boolean
  /** The first record of a file that is added to: a format with a header goes on with that one, not with another. */
  readonly begun?: Uint8Array
  readonly reject: Rejecter
}

export interface Codec {
  readonly name: string
  readonly summary: string
  readonly example: string
  /** File name endings that mean this codec. */
  readonly endings: readonly string[]
  decoder(options: DecodeOptions): Decoder
  encoder(options: EncodeOptions): Encoder
}

export const MAX_PACKET = 2 ** 30
