// SigMF archives: tar files (POSIX ustar and pax) that hold recordings.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Recording, readRecording } from '../codec/sigmf/recording.ts'
import { DataError } from '../errors.ts'
import { inWords } from './failure.ts'

/** A recording, and where its dataset lies: `length` bytes from `start` of a file, or all of it. */
export interface Archived {
  readonly recording: Recording
  readonly file: string
  readonly start: number
  readonly length: number | undefined
}

const BLOCK = 512
/** Metadata longer than this are not read. */
const MOST_METADATA = 2 ** 28

interface Entry {
  readonly name: string
  readonly start: number
  readonly length: number
}

/** The recordings of an archive, in the order of their metadata. Throws a DataError where it is none. */
export function archivedRecordings(file: string): readonly Archived[] {
  const descriptor = inWords(file, () => openSync(file, 'r'))
  try {
    const entries = entriesOf(descriptor, file)
    const metadata = entries.filter(({ name }) => name.endsWith('.sigmf-meta'))
    if (metadata.length === 0) throw new DataError({ source: file }, 'an archive without a .sigmf-meta')
    return metadata.map(entry => {
      const source = `${file}/${entry.name}`
      if (entry.length > MOST_METADATA) throw new DataError({ source }, `metadata of ${entry.length} bytes`)
      const recording = readRecording(read(descriptor, entry.start, entry.length).toString('utf8'), source)
      const base = entry.name.slice(0, -'.sigmf-meta'.length)
      const name = recording.dataset === undefined ? `${base}.sigmf-data` : base.replace(/[^/]*$/, recording.dataset)
      const dataset = entries.find(entry => entry.name === name)
      if (!dataset) throw new DataError({ source }, `no ${name} in the archive`)
      return { recording, file, start: dataset.start, length: dataset.length }
    })
  } finally {
    closeSync(descriptor)
  }
}

function entriesOf(descriptor: number, file: string): readonly Entry[] {
  const { size } = fstatSync(descriptor)
  const entries: Entry[] = []
  let longName: string | undefined
  let longSize: number | undefined
  for (let at = 0; at + BLOCK <= size; ) {
    const header = read(descriptor, at, BLOCK)
    if (header.every(byte => byte === 0)) break
    if (!hasChecksum(header)) throw new DataError({ source: file, offset: at }, 'no tar archive')
    const length = longSize ?? numberAt(header, 124, 12)
    const start = at + BLOCK
    const type = String.fromCharCode(header[156] ?? 0)
    longSize = undefined
    if (type === 'x' || type === 'L') {
      const words = read(descriptor, start, Math.min(length, MOST_METADATA)).toString('utf8')
      longName = type === 'L' ? words.replace(/\0.*$/s, '') : /\d+ path=([^\n]*)\n/.exec(words)?.[1]
      const pax = type === 'x' ? /\d+ size=(\d+)\n/.exec(words)?.[1] : undefined
      longSize = pax === undefined ? undefined : Number(pax)
    } else {
      if (type === '0' || type === '\0') entries.push({ name: longName ?? nameOf(header), start, length })
      longName = undefined
    }
    at = start + Math.ceil(length / BLOCK) * BLOCK
  }
  return entries
}

function read(descriptor: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, start))
}

const textAt = (header: Buffer, at: number, length: number) =>
  header.toString('utf8', at, at + length).replace(/\0.*$/s, '')

/** Octal digits, or a binary number where they are too few. */
function numberAt(header: Buffer, at: number, length: number): number {
  const first = header[at] ?? 0
  if ((first & 0x80) === 0) return Number.parseInt(textAt(header, at, length).trim() || '0', 8)
  return Number(header.readBigUInt64BE(at + length - 8))
}

function nameOf(header: Buffer): string {
  const prefix = textAt(header, 257, 5) === 'ustar' ? textAt(header, 345, 155) : ''
  const name = textAt(header, 0, 100)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** The sum of the header's bytes, its own field taken as spaces. */
function hasChecksum(header: Buffer): boolean {
  let sum = 0
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 0x20 : byte
  return sum === numberAt(header, 148, 8)
}
