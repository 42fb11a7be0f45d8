// Writes frames: small ones joined, large data handed on as it is, frames that came as frames passed through.

import { crc32 } from 'node:zlib'
import { NO_DATA, type Packet } from '../packet.ts'
import type { Encoder } from '../stream/step.ts'
import type { EncodeOptions } from './codec.ts'
import { HEADER, writeHeader } from './frame-header.ts'
import { Frame } from './frame-packet.ts'
import { asBuffer } from './gather.ts'
import { Line } from './line.ts'
import { FieldScan } from './scan.ts'
import { readMeta } from './unreadable.ts'

/** From so many bytes on, data is a chunk of its own instead of being copied. */
const LARGE = 65536
/** From so many bytes on, a run of frames that need no change is a chunk of its own. */
const SLICE = 8192
const SPACE = 0x20
const ALIGNMENT = 8

export function frameEncoder({ crc = true, reject }: EncodeOptions): Encoder {
  const dataField = new FieldScan(['data'])
  const isMetaOnly = (line: Line) => dataField.scan(line) && dataField.starts[0] === -1
  return {
    push(batch) {
      const writer = new FrameWriter(crc ? crc32 : undefined)
      for (const packet of batch) {
        if (packet instanceof Frame && packet.crc === crc) writer.pass(packet)
        else if (packet instanceof Line && isMetaOnly(packet)) writer.line(packet)
        else if (readMeta(packet, reject)) writer.packet(packet)
      }
      return writer.finish()
    },
  }
}

type Checksum = (bytes: Uint8Array, before?: number) => number

/** One batch's worth of frames; make a new one for each batch. */
class FrameWriter {
  readonly #checksum: Checksum | undefined
  readonly #chunks: Uint8Array[] = []
  /** What will be joined to the next slab. */
  #small: Buffer[] = []
  #run: { readonly buffer: Buffer; readonly start: number; end: number } | undefined

  constructor(checksum: Checksum | undefined) {
    this.#checksum = checksum
  }

  /** A frame as it came. */
  pass({ buffer, start, end }: Frame): void {
    const run = this.#run
    if (run?.buffer === buffer && run.end === start) {
      run.end = end
      return
    }
    this.#closeRun()
    this.#run = { buffer, start, end }
  }

  packet(packet: Packet): void {
    this.#closeRun()
    const { data } = packet
    const head = this.#head(packet, data)
    if (data.length < LARGE) {
      this.#small.push(head)
      if (data.length > 0) this.#small.push(asBuffer(data))
      return
    }
    this.#closeSmall()
    this.#chunks.push(head, data)
  }

  finish(): readonly Uint8Array[] {
    this.#closeRun()
    this.#closeSmall()
    return this.#chunks
  }

  /** Header and padded meta. */
  #head(packet: Packet, data: Uint8Array): Buffer {
    const text = JSON.stringify(packet.meta)
    const head = Buffer.allocUnsafe(paddedLength(Buffer.byteLength(text)))
    return this.#finishHead(head, HEADER + head.write(text, HEADER), data)
  }

  /** Header and padded meta of a line without data, whose bytes are the meta. */
  line({ buffer, start, end }: Line): void {
    this.#closeRun()
    const head = Buffer.allocUnsafe(paddedLength(end - start))
    this.#small.push(this.#finishHead(head, HEADER + buffer.copy(head, HEADER, start, end), NO_DATA))
  }

  #finishHead(head: Buffer, textEnd: number, data: Uint8Array): Buffer {
    head.fill(SPACE, textEnd)
    const ofMeta = this.#checksum?.(head.subarray(HEADER))
    const crc = ofMeta !== undefined && data.length > 0 ? this.#checksum?.(data, ofMeta) : ofMeta
    writeHeader(head, 0, { metaLength: head.length - HEADER, dataLength: data.length, crc })
    return head
  }

  #closeRun(): void {
    const run = this.#run
    if (!run) return
    this.#run = undefined
    const bytes = run.buffer.subarray(run.start, run.end)
    if (bytes.length < SLICE) {
      this.#small.push(bytes)
      return
    }
    this.#closeSmall()
    this.#chunks.push(bytes)
  }

  #closeSmall(): void {
    const only = this.#small[0]
    if (!only) return
    this.#chunks.push(this.#small.length === 1 ? only : Buffer.concat(this.#small))
    this.#small = []
  }
}

/** Header and meta, so that data starts at a multiple of 8. */
function paddedLength(metaLength: number): number {
  return Math.ceil((HEADER + metaLength) / ALIGNMENT) * ALIGNMENT
}
