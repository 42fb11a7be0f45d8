// Packets that wait in files because memory is full: in segments, which are gone as soon as they have been read.

import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Run, type RunMarks } from './run.ts'

export interface SpillBounds {
  readonly folder: string
  /** Bytes in all. */
  readonly bytes: number
}

export const SPILL: SpillBounds = { folder: tmpdir(), bytes: 2 ** 30 }

/** Bytes of a file from which on another one is begun. */
const SEGMENT = 64 * 2 ** 20

/** Neighbours without marks are one piece up to this size. */
const PIECE = 256 * 1024

interface Piece {
  readonly form: Run['form']
  readonly offset: number
  length: number
  packets: number
  readonly expires: number
  readonly marks: RunMarks | undefined
}

interface Segment {
  /** Its name is gone already, so that nothing is left behind by a crash. */
  readonly descriptor: number
  length: number
  readonly pieces: Piece[]
}

let opened = 0

export class Spill {
  readonly #bounds: SpillBounds
  #segments: Segment[] = []
  #bytes = 0
  #packets = 0

  constructor(bounds: SpillBounds = SPILL) {
    this.#bounds = bounds
  }

  get packets(): number {
    return this.#packets
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0
  }

  /** Whether there was room for it, and it could be written. */
  push(run: Run): boolean {
    if (this.#bytes + run.length > this.#bounds.bytes) return false
    try {
      const last = this.#segments.at(-1)
      const segment = last && last.length < SEGMENT ? last : this.#open()
      for (let written = 0; written < run.length; ) {
        const at = segment.length + written
        written += writeSync(segment.descriptor, run.buffer, run.start + written, run.length - written, at)
      }
      note(segment, run)
    } catch {
      // A full disk is a full queue.
      return false
    }
    this.#bytes += run.length
    this.#packets += run.packets
    return true
  }

  /** The oldest packets, read back; nothing if there are none. */
  shift(): Run | undefined {
    const [segment] = this.#segments
    const piece = segment?.pieces.shift()
    if (!segment || !piece) return undefined
    const { form, offset, length, packets, expires, marks } = piece
    const buffer = Buffer.allocUnsafeSlow(length)
    for (let read = 0; read < length; ) {
      const more = readSync(segment.descriptor, buffer, read, length - read, offset + read)
      if (more === 0) throw new Error(`a spill file ends at byte ${offset + read} instead of ${offset + length}`)
      read += more
    }
    this.#bytes -= length
    this.#packets -= packets
    if (segment.pieces.length === 0) {
      closeSync(segment.descriptor)
      this.#segments.shift()
    }
    return new Run(form, buffer, { start: 0, end: length, packets, expires }, marks)
  }

  close(): void {
    for (const { descriptor } of this.#segments) closeSync(descriptor)
    this.#segments = []
    this.#bytes = 0
    this.#packets = 0
  }

  #open(): Segment {
    const path = join(this.#bounds.folder, `daqutils-spill-${process.pid}-${opened++}`)
    const descriptor = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    const segment = { descriptor, length: 0, pieces: [] }
    this.#segments.push(segment)
    return segment
  }
}

function note(segment: Segment, { form, length, packets, expires, marks }: Run): void {
  const last = segment.pieces.at(-1)
  const isPlain =
    marks === undefined && last?.marks === undefined && packets > 0 && last !== undefined && last.packets > 0
  if (isPlain && last.form === form && last.expires === expires && last.length + length <= PIECE) {
    last.length += length
    last.packets += packets
  } else segment.pieces.push({ form, offset: segment.length, length, packets, expires, marks })
  segment.length += length
}
