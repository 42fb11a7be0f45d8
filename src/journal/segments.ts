// All files of a journal, in order: where an offset or a time is, and which are removed.

import { rmSync } from 'node:fs'
import type { JournalRecord } from './record.ts'
import { findSegments, mendSegment, type Segment, segmentPath } from './segment.ts'

export interface Retention {
  readonly keepBytes?: number | undefined
  /** Epoch milliseconds: files that ended before it are removed. */
  readonly before?: number | undefined
  /** Files with packets from this offset on stay. */
  readonly hold?: number | undefined
}

export class Segments {
  readonly folder: string
  #all: readonly Segment[]

  /** Looks into the folder, and mends the last file. */
  static find(
    folder: string,
    warn: (message: string) => void,
  ): { segments: Segments; last: JournalRecord | undefined } {
    const found = findSegments(folder)
    const newest = found.at(-1)
    const last = newest && mendSegment(newest, warn)
    // Of the older files it is known when they begin: they ended when the next one began, at the latest.
    for (const [index, segment] of found.entries()) segment.ended = found[index + 1]?.begun ?? segment.ended
    return { segments: new Segments(folder, found), last }
  }

  private constructor(folder: string, all: readonly Segment[]) {
    this.folder = folder
    this.#all = all
  }

  get last(): Segment | undefined {
    return this.#all.at(-1)
  }

  get first(): number | undefined {
    return this.#all[0]?.first
  }

  get size(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0)
  }

  add(first: number): Segment {
    const segment = { path: segmentPath(this.folder, first), first, size: 0, begun: undefined, ended: undefined }
    this.#all = [...this.#all, segment]
    return segment
  }

  /** Takes back the last one, of which there is no file. */
  takeBack(segment: Segment): void {
    this.#all = this.#all.filter(one => one !== segment)
    rmSync(segment.path, { force: true })
  }

  /** The file that holds an offset, or the first that is kept after it. */
  holding(offset: number): Segment | undefined {
    return this.#all.findLast(({ first }) => first <= offset) ?? this.#all[0]
  }

  /** The file to look for the first packet of a time or later. */
  since(time: number): Segment | undefined {
    return this.#all.findLast(({ begun }) => begun !== undefined && begun < time) ?? this.#all[0]
  }

  has(segment: Segment): boolean {
    return this.#all.includes(segment)
  }

  after(segment: Segment): Segment | undefined {
    return this.#all.find(({ first }) => first > segment.first)
  }

  /** Never the last one, which is being added to. */
  remove({
    keepBytes = Number.POSITIVE_INFINITY,
    before = Number.NEGATIVE_INFINITY,
    hold = Number.POSITIVE_INFINITY,
  }: Retention): void {
    let { size } = this
    while (this.#all.length > 1) {
      const [oldest, next] = this.#all
      if (!oldest || !next || next.first > hold || (size <= keepBytes && (oldest.ended ?? before) >= before)) return
      rmSync(oldest.path, { force: true })
      this.#all = this.#all.slice(1)
      size -= oldest.size
    }
  }
}
