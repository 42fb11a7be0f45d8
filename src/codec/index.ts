// The codecs, in the order in which they are listed, and how one is chosen.

import { UsageError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Decoder } from '../stream/step.ts'
import type { Codec, DecodeOptions } from './codec.ts'
import { csv } from './csv.ts'
import { frame } from './frame.ts'
import { MAGIC } from './frame-header.ts'
import { Frame } from './frame-packet.ts'
import { Line } from './line.ts'
import { ndjson } from './ndjson.ts'
import { Parts } from './parts.ts'
import { raw } from './raw.ts'
import { VrtPacket } from './vrt/packet.ts'
import { vrt } from './vrt.ts'

export const CODECS: readonly Codec[] = [ndjson, frame, csv, raw, vrt]

export function codecNamed(name: string): Codec {
  const codec = CODECS.find(codec => codec.name === name)
  if (codec) return codec
  throw new UsageError(`unknown format '${name}': expected ${CODECS.map(({ name }) => name).join(', ')}`)
}

/** The codec a file's name ends in, if it tells one. */
export function codecForPath(path: string): Codec | undefined {
  const name = path.toLowerCase()
  return CODECS.find(({ endings }) => endings.some(ending => name.endsWith(ending)))
}

/** Lines stay lines; frames, the parts of messages and VRT packets go as frames, and of the rest what has data. */
export function codecFor(packet: Packet): Codec {
  if (packet instanceof Line) return ndjson
  const isFramed = packet instanceof Frame || packet instanceof Parts || packet instanceof VrtPacket
  return isFramed || packet.data.length > 0 ? frame : ndjson
}

/** White space, RFC 7464's separator, a brace, and what a byte order mark begins with. */
const TEXT = [0x09, 0x0a, 0x0d, 0x20, 0x1e, 0x7b, 0xef]

/**
 * The format whose input can start with this byte: a frame's magic can start neither JSON nor UTF-8 text. `otherwise`
 * is what starts with none of these.
 */
export function detectCodec(firstByte: number, otherwise: Codec = ndjson): Codec {
  if (firstByte === MAGIC[0]) return frame
  return TEXT.includes(firstByte) ? ndjson : otherwise
}

const NOTHING: Batch = []

/** A decoder of the format that the first byte tells. `chosen` is told which that is, once. */
export function autoDecoder(options: DecodeOptions, chosen?: (codec: Codec) => void): Decoder {
  let decoder: Decoder | undefined
  return {
    push(input) {
      const first = input[0]
      if (!decoder) {
        if (first === undefined) return NOTHING
        const codec = detectCodec(first)
        chosen?.(codec)
        decoder = codec.decoder(options)
      }
      return decoder.push(input)
    },
    end: () => decoder?.end?.() ?? NOTHING,
  }
}
