// The files of a journal: each is called by the offset of its first record, so that their names are in order.

import { closeSync, openSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { FileWindow } from '../carrier/file-window.ts'
import { frameFormat } from '../carrier/frame-format.ts'
import { setTornTailAside } from '../carrier/torn-tail.ts'
import { MAX_PACKET } from '../codec/codec.ts'
import { frame } from '../codec/frame.ts'
import { HEADER, readHeader } from '../codec/frame-header.ts'
import { NO_DATA } from '../packet.ts'
import { type JournalRecord, recordOf } from './record.ts'

const DIGITS = 16
const NAME = /^(\d{16})\.frame$/

export interface Segment {
  readonly path: string
  /** The offset of its first record. */
  readonly first: number
  /** Bytes of whole records. */
  size: number
  /** Epoch milliseconds of its first record; nothing while it has none. */
  begun: number | undefined
  /** Of its last record. */
  ended: number | undefined
}

export function segmentPath(folder: string, first: number): string {
  return join(folder, `${String(first).padStart(DIGITS, '0')}.frame`)
}

/** The files that are there, in order; other files are not touched. */
export function findSegments(folder: string): readonly Segment[] {
  const segments: Segment[] = []
  for (const name of readdirSync(folder).sort()) {
    const first = NAME.exec(name)?.[1]
    if (first === undefined) continue
    const path = join(folder, name)
    const begun = begunOf(path)
    segments.push({ path, first: Number(first), size: statSync(path).size, begun, ended: begun })
  }
  return segments
}

/** When the first record of a file came; nothing where it has none that can be read. */
function begunOf(path: string): number | undefined {
  const descriptor = openSync(path, 'r')
  try {
    const window = new FileWindow(descriptor)
    const head = readHeader(window.read(0, HEADER), 0, MAX_PACKET)
    if ('reason' in head) return undefined
    const text = window.read(head.headerLength, head.metaLength).toString()
    return recordOf({ meta: JSON.parse(text), data: NO_DATA })?.time
  } catch {
    return undefined
  } finally {
    closeSync(descriptor)
  }
}

/** Sets aside what a crash cut short at the end of the last file; its last whole record, if it has any. */
export function mendSegment(segment: Segment, warn: (message: string) => void): JournalRecord | undefined {
  const { path } = segment
  const descriptor = openSync(path, 'r+')
  try {
    const { end, start } = setTornTailAside({ descriptor, path, name: path, format: frameFormat, warn })
    segment.size = end
    const window = new FileWindow(descriptor)
    const from = start(Math.max(0, end - 1))
    const last = recordsIn(window.read(from, end - from)).at(-1)
    segment.ended = last?.time
    return last
  } finally {
    closeSync(descriptor)
  }
}

function recordsIn(bytes: Uint8Array): readonly JournalRecord[] {
  const decoder = frame.decoder({ source: 'journal', reject: () => {} })
  return decoder.push(bytes).flatMap(packet => recordOf(packet) ?? [])
}
