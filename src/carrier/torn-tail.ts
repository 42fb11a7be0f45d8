// The record that a crash cut off at the end of a file: found, named and set aside before more is added.

import { fstatSync, ftruncateSync, readSync, writeFileSync } from 'node:fs'

const WINDOW = 1024 * 1024
const NEWLINE = 0x0a
const TEXT_STARTS = [0x7b, 0x1e]
const TEXT_ENDINGS = /\.(ndjson|jsonl|json|csv|tsv|txt|log)$/i
const FRAME_MAGIC = Buffer.from([0xf7, 0x44, 0x41, 0x51])
const FRAME_HEADER = 24

/**
 * Afterwards the file ends with a whole record. Lines (told by the first byte or the file's ending) are whole with
 * their newline, frames (by the first byte) with as many bytes as their header says; other files are left alone.
 */
export function setTornTailAside(descriptor: number, path: string, warn: (message: string) => void): void {
  const { size } = fstatSync(descriptor)
  const whole = wholeLength(descriptor, size, path)
  if (whole === size) return
  const torn = readAt(descriptor, whole, size - whole)
  const aside = `${path}.torn-${whole}`
  writeFileSync(aside, torn, { flush: true })
  ftruncateSync(descriptor, whole)
  warn(`${path}: a torn record at byte ${whole} (${torn.length} bytes) was moved to ${aside}`)
}

function wholeLength(descriptor: number, size: number, path: string): number {
  const head = readAt(descriptor, 0, Math.min(size, FRAME_MAGIC.length))
  const first = head[0]
  if (first === undefined) return size
  if (first === FRAME_MAGIC[0] && FRAME_MAGIC.subarray(0, head.length).equals(head))
    return wholeFrames(descriptor, size)
  return TEXT_STARTS.includes(first) || TEXT_ENDINGS.test(path) ? wholeLines(descriptor, size) : size
}

function wholeLines(descriptor: number, size: number): number {
  for (let end = size; end > 0; end -= WINDOW) {
    const start = Math.max(0, end - WINDOW)
    const newline = readAt(descriptor, start, end - start).lastIndexOf(NEWLINE)
    if (newline >= 0) return start + newline + 1
  }
  return 0
}

/** Walks from header to header; small frames share a read. Damage in the middle is for the reader to skip. */
function wholeFrames(descriptor: number, size: number): number {
  let at = 0
  let start = 0
  let window = readAt(descriptor, 0, Math.min(size, WINDOW))
  while (at < size) {
    if (at + FRAME_HEADER > start + window.length) {
      start = at
      window = readAt(descriptor, start, Math.min(size - start, WINDOW))
      if (window.length < FRAME_HEADER) return at
    }
    const header = window.subarray(at - start, at - start + FRAME_HEADER)
    if (!header.subarray(0, FRAME_MAGIC.length).equals(FRAME_MAGIC)) {
      const next = nextMagic(descriptor, at + 1, size)
      if (next === undefined) return size
      at = next
      continue
    }
    const length = header.readUInt16LE(6) + header.readUInt32LE(8) + Number(header.readBigUInt64LE(16))
    if (at + length > size) return at
    at += length
  }
  return at
}

function nextMagic(descriptor: number, from: number, size: number): number | undefined {
  for (let start = from; start < size; start += WINDOW) {
    const window = readAt(descriptor, start, Math.min(size - start, WINDOW + FRAME_MAGIC.length - 1))
    const found = window.indexOf(FRAME_MAGIC)
    if (found >= 0) return start + found
  }
  return undefined
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const got = readSync(descriptor, bytes, filled, length - filled, position + filled)
    if (got === 0) break
    filled += got
  }
  return bytes.subarray(0, filled)
}
