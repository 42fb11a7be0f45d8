// Frames: a header with lengths and a checksum, then meta, then bytes. The layout is in packet(5).

import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { DataError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Reject } from '../stream/reject.ts'
import type { Decoder } from '../stream/step.ts'
import { type Codec, type DecodeOptions, MAX_PACKET } from './codec.ts'
import { HEADER, MAGIC, type ReadHeader, readHeader } from './frame-header.ts'
import { Frame } from './frame-packet.ts'
import { frameEncoder } from './frame-writer.ts'
import { asBuffer, Gather, REJECT_BYTES } from './gather.ts'
import { isSpace } from './json-value.ts'
import { faultOf } from './unreadable.ts'

export const frame: Codec = {
  name: 'frame',
  summary: 'binary frames of meta and data, with a checksum',
  example: 'F7 44 41 51 01 01 18 00 …',
  endings: ['.frame', '.frames', '.daq'],
  decoder: options => new FrameDecoder(options),
  encoder: options => frameEncoder(options),
}

/** Input that is no frame: `bytes` are its first ones, `length` counts all of it. */
interface Skipped {
  readonly reason: string
  readonly detail: string | undefined
  readonly offset: number
  readonly bytes: Gather
  length: number
}

/** What was found at a magic: a frame, its fault, or how many bytes are needed to tell. */
type Found = Frame | Fault | number

type Fault = Pick<Reject, 'reason' | 'detail'>

class FrameDecoder implements Decoder {
  readonly #options: DecodeOptions
  readonly #maxPacket: number
  /** Bytes from a magic (or what may become one) on that are too few to tell. */
  readonly #held = new Gather()
  /** How many bytes must be held before it is worth looking again. */
  #needed = 0
  /** Bytes of the source before those that are held or come next. */
  #offset = 0
  #skipped: Skipped | undefined

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#maxPacket = options.maxPacket ?? MAX_PACKET
  }

  push(input: Uint8Array): Batch {
    const frames: Packet[] = []
    let chunk = asBuffer(input)
    // One frame is completed at a time, so that the rest of the chunk need not be copied to join it.
    while (this.#held.length > 0) {
      const missing = this.#needed - this.#held.length
      if (chunk.length < missing) {
        this.#held.add(chunk)
        return frames
      }
      this.#held.add(chunk.subarray(0, missing))
      chunk = chunk.subarray(missing)
      this.#scan(this.#held.take(), frames)
    }
    if (chunk.length > 0) this.#scan(chunk, frames)
    return frames
  }

  end(): Batch {
    const frames: Packet[] = []
    while (this.#held.length > 0) {
      const buffer = this.#held.take()
      // Less than a magic belongs to what was being skipped, unless it is all that came of a frame.
      const isTail = buffer.length < MAGIC.length && this.#skipped !== undefined
      if (!isTail) this.#damaged({ reason: 'truncated', detail: 'the input ends within a frame' }, this.#offset)
      const next = nextMagic(buffer, 1)
      this.#skip(buffer, 0, next)
      this.#offset += next
      this.#scan(buffer.subarray(next), frames)
    }
    this.#endSkip()
    return frames
  }

  /** Takes every whole frame out of a buffer and holds what may be the start of one. */
  #scan(buffer: Buffer, frames: Packet[]): void {
    let at = 0
    while (at < buffer.length) {
      const found = this.#look(buffer, at)
      if (found instanceof Frame) {
        this.#endSkip()
        frames.push(found)
        at = found.end
        continue
      }
      if (typeof found === 'number') {
        this.#needed = found
        this.#held.add(buffer.subarray(at))
        break
      }
      // A bad length must not swallow the good frames it covers: the search goes on inside the bad frame.
      if (found.reason !== 'noise' || !this.#skipped) this.#damaged(found, this.#offset + at)
      const next = nextMagic(buffer, at + 1)
      this.#skip(buffer, at, next)
      at = next
    }
    this.#offset += at
  }

  #look(buffer: Buffer, at: number): Found {
    const length = buffer.length - at
    for (let i = 0; i < MAGIC.length && i < length; i++) {
      if (buffer[at + i] !== MAGIC[i]) return { reason: 'noise', detail: 'bytes that belong to no frame' }
    }
    if (length < MAGIC.length) return MAGIC.length
    if (length < HEADER) return HEADER
    const header = readHeader(buffer, at, this.#maxPacket)
    if ('reason' in header) return header
    const metaStart = at + header.headerLength
    if (header.metaLength > 0) {
      if (metaStart >= buffer.length) return header.headerLength + 1
      if (!startsObject(buffer[metaStart]))
        return { reason: 'not an object', detail: 'expected a meta that starts with {' }
    }
    if (length < header.length) return header.length
    const bounds = {
      start: at,
      metaStart,
      dataStart: metaStart + header.metaLength,
      end: at + header.length,
      crc: header.crc !== undefined,
    }
    const candidate = new Frame(buffer, bounds, this.#options.source, this.#offset)
    return this.#fault(candidate, header) ?? candidate
  }

  #fault(candidate: Frame, header: ReadHeader): Fault | undefined {
    const { buffer, metaStart, dataStart, end } = candidate
    if (header.crc !== undefined) {
      const crc = crc32(buffer.subarray(metaStart, end))
      if (crc !== header.crc) return { reason: 'bad CRC', detail: `${hex(crc)}, expected ${hex(header.crc)}` }
    }
    if (metaStart < dataStart && !isObjectText(buffer, metaStart, dataStart)) {
      return { reason: 'not an object', detail: 'expected a meta from { to }' }
    }
    if (this.#options.validate !== true) return undefined
    if (!isUtf8(buffer.subarray(metaStart, dataStart))) return { reason: 'invalid UTF-8' }
    try {
      candidate.parsed()
      return undefined
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      return faultOf(error)
    }
  }

  /** Begins to skip: what comes until the next magic belongs to this fault. */
  #damaged({ reason, detail }: Fault, offset: number): void {
    this.#endSkip()
    this.#skipped = { reason, detail, offset, bytes: new Gather(), length: 0 }
  }

  #skip(buffer: Buffer, from: number, to: number): void {
    const skipped = this.#skipped
    if (!skipped) return
    skipped.length += to - from
    const room = REJECT_BYTES - skipped.bytes.length
    // Copied, because what is kept of noise must not keep every buffer it came in.
    if (room > 0) skipped.bytes.add(Buffer.from(buffer.subarray(from, Math.min(to, from + room))))
  }

  #endSkip(): void {
    const skipped = this.#skipped
    if (!skipped) return
    this.#skipped = undefined
    const { reason, detail, offset, bytes, length } = skipped
    const count = `${length} bytes skipped`
    this.#options.reject({
      place: { source: this.#options.source, offset },
      reason,
      detail: detail === undefined ? count : `${detail}; ${count}`,
      bytes: bytes.take(),
    })
  }
}

/** Where the next magic, or what may be the start of one at the end, lies; the buffer's length if nowhere. */
function nextMagic(buffer: Buffer, from: number): number {
  const at = buffer.indexOf(MAGIC, from)
  if (at >= 0) return at
  for (let start = Math.max(from, buffer.length - MAGIC.length + 1); start < buffer.length; start++) {
    if (MAGIC.subarray(0, buffer.length - start).equals(buffer.subarray(start))) return start
  }
  return buffer.length
}

function startsObject(byte: number | undefined): boolean {
  return byte === 0x7b || isSpace(byte)
}

function isObjectText(buffer: Buffer, from: number, to: number): boolean {
  let start = from
  let end = to
  while (start < end && isSpace(buffer[start])) start++
  while (end > start && isSpace(buffer[end - 1])) end--
  return buffer[start] === 0x7b && buffer[end - 1] === 0x7d
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
