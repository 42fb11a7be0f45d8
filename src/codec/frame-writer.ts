// Writes frames: small ones joined, large data handed on as it is, frames that came as frames passed through.

import { crc32 } from 'node:zlib'
import { NO_DATA, type Packet } from '../packet.ts'
import type { Encoder } from '../stream/step.ts'
import { ByteWriter } from './byte-writer.ts'
import type { EncodeOptions } from './codec.ts'
import { HEADER, writeHeader } from './frame-header.ts'
import { Frame } from './frame-packet.ts'
import { Line } from './line.ts'
import { Parts } from './parts.ts'
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
        else if (packet instanceof Parts && packet.topic === undefined) writer.parts(packet)
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
  /** Small frames, one after the other. */
  #slab = new ByteWriter()
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

  packet({ meta, data }: Packet): void {
    this.#closeRun()
    const slab = this.#slab
    const text = JSON.stringify(meta)
    const begin = slab.used
    slab.room(HEADER + text.length * 3 + ALIGNMENT)
    slab.used += HEADER
    slab.text(text)
    this.#finishFrame(begin, data)
  }

  /** A line without data: its bytes are the meta. */
  line({ buffer, start, end }: Line): void {
    this.#closeRun()
    const slab = this.#slab
    const begin = slab.used
    slab.room(HEADER + end - start + ALIGNMENT)
    slab.used += HEADER
    slab.copy(buffer, start, end)
    this.#finishFrame(begin, NO_DATA)
  }

  /** The meta's bytes as they came. */
  parts({ metaBytes, data }: Parts): void {
    this.#closeRun()
    const slab = this.#slab
    const begin = slab.used
    slab.room(HEADER + metaBytes.length + ALIGNMENT)
    slab.used += HEADER
    slab.bytes(metaBytes)
    this.#finishFrame(begin, data)
  }

  finish(): readonly Uint8Array[] {
    this.#closeRun()
    this.#closeSlab()
    return this.#chunks
  }

  /** Pads the meta that ends the slab, so that data starts at a multiple of 8 from the frame's start; adds the data. */
  #finishFrame(begin: number, data: Uint8Array): void {
    const slab = this.#slab
    const metaStart = begin + HEADER
    while ((slab.used - begin) % ALIGNMENT !== 0) slab.byte(SPACE)
    const metaLength = slab.used - metaStart
    const isLarge = data.length >= LARGE
    if (!isLarge) slab.bytes(data)
    const { buffer, used } = slab
    const start = this.#checksum?.(buffer.subarray(metaStart, used))
    const crc = isLarge && start !== undefined ? this.#checksum?.(data, start) : start
    writeHeader(buffer, begin, { metaLength, dataLength: data.length, crc })
    if (!isLarge) return
    this.#closeSlab()
    this.#chunks.push(data)
  }

  #closeRun(): void {
    const run = this.#run
    if (!run) return
    this.#run = undefined
    if (run.end - run.start < SLICE) {
      this.#slab.copy(run.buffer, run.start, run.end)
      return
    }
    this.#closeSlab()
    this.#chunks.push(run.buffer.subarray(run.start, run.end))
  }

  #closeSlab(): void {
    if (this.#slab.used === 0) return
    this.#chunks.push(this.#slab.finish())
    this.#slab = new ByteWriter()
  }
}
