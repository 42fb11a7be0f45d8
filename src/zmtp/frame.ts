// Frames, which all bytes after the greeting consist of: flags, the length of the body, the body (RFC 37, "Framing").

import { ByteWriter } from '../codec/byte-writer.ts'
import { type Command, commandFrameBody } from './command.ts'
import type { Handshake } from './mechanism.ts'
import type { Message } from './message.ts'

/** More parts of the message follow. */
export const MORE = 1
/** The length takes eight bytes instead of one. */
export const LONG = 2
export const COMMAND = 4

export const SHORT_HEADER = 2
export const LONG_HEADER = 9
const LONGEST_SHORT = 255

/** From so many bytes on, a body is handed on by reference. */
export const LARGE = 65536

/** Before each sealed body: the name of the command it belongs to. */
const SEALED = Buffer.from('\x07MESSAGE')

/** The inner flags of a sealed command; those of a part are 0 or MORE. */
export const SEALED_COMMAND = 2

/** Writes a frame's header and gives where its body begins. */
function writeHeader(buffer: Buffer, at: number, flags: number, length: number): number {
  if (length <= LONGEST_SHORT) {
    buffer[at] = flags
    buffer[at + 1] = length
    return at + SHORT_HEADER
  }
  buffer[at] = flags | LONG
  buffer.writeUInt32BE(Math.floor(length / 2 ** 32), at + 1)
  buffer.writeUInt32BE(length >>> 0, at + 5)
  return at + LONG_HEADER
}

function headerLength(length: number): number {
  return length <= LONGEST_SHORT ? SHORT_HEADER : LONG_HEADER
}

/**
 * The bytes of messages where traffic is in the clear, the same for every peer. Parts from 64 KiB on are handed on as
 * they are, everything between them is joined.
 */
export function encodeClear(messages: readonly Message[]): readonly Uint8Array[] {
  const slab = Buffer.allocUnsafe(slabLength(messages))
  const chunks: Uint8Array[] = []
  let from = 0
  let at = 0
  for (const message of messages) {
    let left = message.length
    for (const part of message) {
      at = writeHeader(slab, at, --left > 0 ? MORE : 0, part.length)
      if (part.length < LARGE) {
        slab.set(part, at)
        at += part.length
      } else {
        chunks.push(slab.subarray(from, at), part)
        from = at
      }
    }
  }
  if (at > from) chunks.push(slab.subarray(from, at))
  return chunks
}

function slabLength(messages: readonly Message[]): number {
  let length = 0
  for (const message of messages) {
    for (const part of message) length += headerLength(part.length) + (part.length < LARGE ? part.length : 0)
  }
  return length
}

/** The bytes of messages for one peer, each part sealed for it. */
export function encodeSealed(messages: readonly Message[], seal: Seal): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  let slab = new ByteWriter()
  for (const message of messages) {
    let left = message.length
    for (const part of message) {
      const body = seal(--left > 0 ? MORE : 0, part)
      writeSealedHeader(slab, body)
      if (body.length < LARGE) {
        slab.bytes(body)
      } else {
        chunks.push(slab.finish(), body)
        slab = new ByteWriter()
      }
    }
  }
  if (slab.used > 0) chunks.push(slab.finish())
  return chunks
}

type Seal = NonNullable<Handshake['seal']>

/** A sealed part is the data of a command in a frame that is none, as libzmq has it. */
function writeSealedHeader(slab: ByteWriter, body: Uint8Array): void {
  slab.room(LONG_HEADER + SEALED.length)
  slab.used = writeHeader(slab.buffer, slab.used, 0, SEALED.length + body.length)
  slab.bytes(SEALED)
}

/** The frame of a command; sealed where traffic is. */
export function commandFrame(command: Command, seal?: Seal): Buffer {
  const body = commandFrameBody(command)
  if (seal) {
    const slab = new ByteWriter()
    const sealed = seal(SEALED_COMMAND, body)
    writeSealedHeader(slab, sealed)
    slab.bytes(sealed)
    return slab.finish()
  }
  const frame = Buffer.allocUnsafe(headerLength(body.length) + body.length)
  body.copy(frame, writeHeader(frame, 0, COMMAND, body.length))
  return frame
}
