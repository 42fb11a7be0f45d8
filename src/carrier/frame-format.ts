// How frames in a file are told apart: see packet(5).

import { crc32 } from 'node:zlib'
import type { FileWindow } from './file-window.ts'
import type { RecordFormat } from './record-format.ts'

const MAGIC = Buffer.from([0xf7, 0x44, 0x41, 0x51])
const HEADER = 24
const HAS_CRC = 1

export const frameFormat: RecordFormat = {
  accepts: head => MAGIC.subarray(0, head.length).equals(head.subarray(0, MAGIC.length)),
  whole(bytes, limit = Number.POSITIVE_INFINITY) {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let length = 0
    let records = 0
    while (records < limit) {
      const frame = frameLength(view.subarray(length, length + HEADER))
      if (frame === undefined || length + frame > bytes.length) break
      length += frame
      records++
    }
    return { records, length }
  },
  /**
   * Steps from header to header, over the data. What is damaged in the middle is left to the reader, who skips and
   * names it; only what no whole frame follows was cut short.
   */
  survey(file) {
    const starts: number[] = [0]
    let last = 0
    let end = 0
    while (end < file.size) {
      const length = frameLength(file.read(end, HEADER))
      if (length !== undefined && end + length <= file.size) {
        last = end
        end += length
        if (end - (starts.at(-1) ?? 0) >= file.block) starts.push(end)
        continue
      }
      // Its data may hold frames: they are no records of this file.
      if (length !== undefined && hasMeta(file, end)) break
      const next = nextFrame(file, end + 1)
      if (next === undefined) break
      end = next
    }
    if (end > 0 && !isSound(file, last, end)) end = last
    return { end, start: position => starts.findLast(start => start <= position) ?? 0 }
  },
  /** The decoder of frames itself holds back what is not whole, and names what was cut short. */
  scan: () => bytes => bytes.length,
}

function frameLength(header: Buffer): number | undefined {
  if (header.length < HEADER || !header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  const headerLength = header.readUInt16LE(6)
  const length = headerLength + header.readUInt32LE(8) + Number(header.readBigUInt64LE(16))
  return headerLength < HEADER || !Number.isSafeInteger(length) ? undefined : length
}

function isSound(file: FileWindow, from: number, to: number): boolean {
  const header = file.read(from, HEADER)
  if (frameLength(header) !== to - from) return false
  if (!(header.readUInt8(5) & HAS_CRC)) return true
  let crc = 0
  for (let at = from + header.readUInt16LE(6); at < to; at += file.block) {
    crc = crc32(file.read(at, Math.min(file.block, to - at)), crc)
  }
  return crc === header.readUInt32LE(12)
}

/** Whether what follows a header looks like the meta it speaks of, as far as it is there. */
function hasMeta(file: FileWindow, from: number): boolean {
  const header = file.read(from, HEADER)
  const length = header.readUInt32LE(8)
  const bytes = file.read(from + header.readUInt16LE(6), Math.min(length, file.block))
  // The magic begins with a byte that is in no JSON.
  if (bytes.includes(0xf7)) return false
  const cut = bytes.length < length
  const meta = bytes.toString().trimEnd()
  return meta === '' || (meta.startsWith('{') && (cut || meta.endsWith('}')))
}

/** The next frame that is whole: its magic alone may be part of some data. */
function nextFrame(file: FileWindow, from: number): number | undefined {
  for (let at = from; at < file.size; ) {
    const bytes = file.read(at, file.block)
    const found = bytes.indexOf(MAGIC)
    if (found < 0) {
      at += Math.max(1, bytes.length - MAGIC.length + 1)
      continue
    }
    at += found
    const length = frameLength(file.read(at, HEADER))
    if (length !== undefined && at + length <= file.size && isSound(file, at, at + length)) return at
    at++
  }
  return undefined
}
