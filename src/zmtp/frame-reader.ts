// Takes frames out of a stream, one after the other, in any cut. Whole ones are views, others are put together once.

import { COMMAND, LARGE, LONG, LONG_HEADER, MORE, SHORT_HEADER } from './frame.ts'
import { Refused } from './mechanism.ts'

const NOTHING = Buffer.alloc(0)

/** Memory given to a body that has not come yet, however long it claims to be, until the peer has sent one as long. */
const TRUST = 2 ** 20

/**
 * Give it bytes with `feed`, then call `next` until it finds nothing more: each time it does, `flags` (MORE or COMMAND)
 * and `body` are those of a frame. No object is made for a frame but the view of its body.
 */
export class FrameReader {
  flags = 0
  body: Buffer = NOTHING
  /** The longest body that a message's frame may have; -1 while none may come. */
  messageLimit = -1
  /** The longest body that a command's frame may have. */
  commandLimit = 0

  #chunk: Buffer = NOTHING
  #at = 0
  /** A header that is cut, and how much of it is there. */
  readonly #header = Buffer.alloc(LONG_HEADER)
  #headerLength = 0
  /** The body under way: its memory (which may have to grow), how much of it came, how long it will be. */
  #body: Buffer | undefined
  #filled = 0
  #length = 0
  #trust = TRUST

  /** The bytes given before must have been used up. They may become part of bodies. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk
    this.#at = 0
  }

  /** Whether there is one more frame; throws Refused. */
  next(): boolean {
    if (this.#body) return this.#fill(this.#body)
    if (this.#headerLength > 0) return this.#finishHeader()
    const chunk = this.#chunk
    const at = this.#at
    const rest = chunk.length - at
    const flags = chunk[at] ?? 0
    if (rest === 0) return this.#pause()
    if (rest < SHORT_HEADER || ((flags & LONG) !== 0 && rest < LONG_HEADER)) {
      this.#headerLength = chunk.copy(this.#header, 0, at)
      return this.#pause()
    }
    if ((flags & LONG) === 0) return this.#begin(flags, chunk[at + 1] ?? 0, at + SHORT_HEADER)
    return this.#begin(flags, longLength(chunk, at + 1), at + LONG_HEADER)
  }

  /**
   * While a body of 64 KiB or more is under way: the memory that its next bytes belong in. What is written there is
   * told with `filled` instead of being fed.
   */
  room(): Buffer | undefined {
    if (!this.#body || this.#length < LARGE) return undefined
    return this.#grown(this.#body, this.#filled + 1).subarray(this.#filled)
  }

  /** So many bytes were written into `room`: call `next`. */
  filled(bytes: number): void {
    this.#filled += bytes
  }

  /** All was used up: what was read is not kept. */
  #pause(): false {
    this.#chunk = NOTHING
    this.#at = 0
    this.body = NOTHING
    return false
  }

  #begin(flags: number, length: number, start: number): boolean {
    const limit = (flags & COMMAND) === 0 ? this.messageLimit : this.commandLimit
    if (length > limit || flags > 7 || (flags & (COMMAND | MORE)) === (COMMAND | MORE))
      throw fault(flags, length, limit)
    const chunk = this.#chunk
    const end = start + length
    this.flags = flags & (COMMAND | MORE)
    if (end <= chunk.length) {
      this.body = chunk.subarray(start, end)
      this.#at = end
      return true
    }
    this.#length = length
    this.#filled = 0
    this.#at = start
    return this.#fill(Buffer.allocUnsafe(Math.min(length, this.#trust)))
  }

  /** Takes what the chunk has of the body under way. */
  #fill(body: Buffer): boolean {
    const wanted = Math.min(this.#length - this.#filled, this.#chunk.length - this.#at)
    const memory = this.#grown(body, this.#filled + wanted)
    this.#chunk.copy(memory, this.#filled, this.#at, this.#at + wanted)
    this.#at += wanted
    this.#filled += wanted
    if (this.#filled < this.#length) return this.#pause()
    this.#trust = Math.max(this.#trust, this.#length * 2)
    this.body = memory
    this.#body = undefined
    return true
  }

  /** The body under way with memory for so many bytes at least: twice as much each time it is too small. */
  #grown(body: Buffer, bytes: number): Buffer {
    this.#body = body
    if (bytes > body.length) {
      this.#body = Buffer.allocUnsafeSlow(Math.min(this.#length, Math.max(bytes, body.length * 2)))
      body.copy(this.#body, 0, 0, this.#filled)
    }
    return this.#body
  }

  /** Completes a header that was cut. */
  #finishHeader(): boolean {
    const header = this.#header
    const length = ((header[0] ?? 0) & LONG) === 0 ? SHORT_HEADER : LONG_HEADER
    const taken = this.#chunk.copy(header, this.#headerLength, this.#at, this.#at + length - this.#headerLength)
    this.#at += taken
    this.#headerLength += taken
    if (this.#headerLength < length) return this.#pause()
    this.#headerLength = 0
    return this.#begin(header[0] ?? 0, length === SHORT_HEADER ? (header[1] ?? 0) : longLength(header, 1), this.#at)
  }
}

/** Rounded above 2^53, which is beyond every limit. */
function longLength(buffer: Buffer, at: number): number {
  return buffer.readUInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4)
}

function fault(flags: number, length: number, limit: number): Refused {
  if (flags > 7) return new Refused(`a frame with the flags 0x${flags.toString(16)}, expected 0 to 7`)
  if ((flags & COMMAND) === 0) {
    if (limit < 0) return new Refused('a message before the handshake was done, expected a command')
    return new Refused(`a part of ${BigInt(length)} bytes, expected at most ${limit} more in this message`)
  }
  if ((flags & MORE) !== 0) return new Refused('a command in several frames, expected one')
  return new Refused(`a command of ${BigInt(length)} bytes, expected at most ${limit}`)
}
