// Packets as rows of CSV under a fixed header; plain lines become rows without being parsed.

import { gapOf, type Json, type Meta, type Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { ByteWriter } from './byte-writer.ts'
import { cellOf, quoted } from './csv-cell.ts'
import { Line } from './line.ts'
import { FieldScan, isWord, numberEnd } from './scan.ts'
import { readMeta } from './unreadable.ts'

/** Bytes of packets are base64 text in this column. */
export const CSV_DATA_COLUMN = 'data'
/** If the header has it, keys without a column of their own stand here as one JSON object. */
export const CSV_EXTRA_COLUMN = 'extra'

const QUOTE = 0x22
const COMMA = 0x2c
const CR = 0x0d
const LF = 0x0a
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

/** The header row with its line ending. */
export function csvHeader(columns: readonly string[]): string {
  return `${columns.map(column => (column === '' ? '""' : quoted(column))).join(',')}\r\n`
}

/** The columns that a first packet asks for: its keys, and what its data needs. None for a gap record. */
export function csvColumns({ meta, data }: Packet): readonly string[] {
  if (gapOf(meta)) return []
  const columns = Object.keys(meta)
  if (data.length === 0) return columns
  return [...new Set([...columns, 'dtype', CSV_DATA_COLUMN])]
}

/** Writes rows of these columns. A packet with a key that has no column is rejected. */
export class CsvRowEncoder {
  readonly #columns: readonly string[]
  readonly #known: ReadonlySet<string>
  readonly #scan: FieldScan
  readonly #reject: Rejecter
  readonly #data: number
  readonly #hasExtra: boolean

  constructor(columns: readonly string[], reject: Rejecter) {
    this.#columns = columns
    this.#known = new Set(columns)
    this.#scan = new FieldScan(columns)
    this.#reject = reject
    this.#data = columns.indexOf(CSV_DATA_COLUMN)
    this.#hasExtra = this.#known.has(CSV_EXTRA_COLUMN)
  }

  /** Appends the row of a packet, or rejects it. */
  row(packet: Packet, into: ByteWriter): void {
    if (packet instanceof Line && this.#isPlain(packet)) {
      this.#plainRow(packet, into)
      return
    }
    const meta = readMeta(packet, this.#reject)
    if (meta) this.#parsedRow(packet, meta, into)
  }

  #isPlain(line: Line): boolean {
    if (!this.#scan.scan(line) || this.#scan.others > 0) return false
    return this.#data < 0 || (this.#scan.starts[this.#data] as number) < 0
  }

  /** Numbers keep the spelling they have in the line. */
  #plainRow({ buffer, start, end }: Line, into: ByteWriter): void {
    const { starts, ends } = this.#scan
    const count = this.#columns.length
    const begin = into.used
    // Room for every byte of the line, and for quotes and a comma in each column.
    into.room(end - start + count * 3 + 2)
    for (let column = 0; column < count; column++) {
      if (column > 0) into.buffer[into.used++] = COMMA
      const from = starts[column] as number
      if (from < 0) continue
      const to = ends[column] as number
      const first = buffer[from]
      if (first === QUOTE) plainText(buffer, from, to, into)
      else if (first !== 0x6e) into.copy(buffer, from, to)
    }
    // A row of one empty cell would be a blank line.
    if (count === 1 && into.used === begin) into.used += into.buffer.write('""', into.used)
    into.buffer[into.used++] = CR
    into.buffer[into.used++] = LF
  }

  #parsedRow(packet: Packet, meta: Meta, into: ByteWriter): void {
    const { data } = packet
    const others = Object.keys(meta).filter(key => !this.#known.has(key))
    const homeless = data.length > 0 && (this.#data < 0 || Object.hasOwn(meta, CSV_DATA_COLUMN))
    const extraTaken = !this.#hasExtra || Object.hasOwn(meta, CSV_EXTRA_COLUMN)
    if (homeless || (others.length > 0 && extraTaken)) {
      const missing = homeless ? [...others, CSV_DATA_COLUMN] : others
      const detail = `'${missing.join("', '")}' (columns: ${this.#columns.join(', ')})`
      const bytes = packet instanceof Line ? packet.bytes : Buffer.from(JSON.stringify(meta))
      this.#reject({ place: placeOf(packet), reason: 'no such column', detail, bytes })
      return
    }
    const cells = this.#columns.map(column => {
      if (column === CSV_DATA_COLUMN && data.length > 0) return cellOf(base64(data))
      if (column === 'dtype' && data.length > 0) return cellOf(meta['dtype'] ?? 'uint8')
      if (column === CSV_EXTRA_COLUMN && others.length > 0) return quoted(objectText(meta, others))
      return cellOf(ownField(meta, column))
    })
    const text = cells.join(',')
    into.text(`${text === '' && cells.length === 1 ? '""' : text}\r\n`)
  }
}

/** A string without escapes: it holds no quote and no line ending. The room is there. */
function plainText(buffer: Buffer, from: number, to: number, into: ByteWriter): void {
  const out = into.buffer
  const begin = into.used
  let at = begin
  let comma = isAmbiguous(buffer, from + 1, to - 1)
  out[at++] = QUOTE
  for (let i = from + 1; i < to - 1; i++) {
    const byte = buffer[i] as number
    if (byte === COMMA) comma = true
    out[at++] = byte
  }
  if (comma) {
    out[at++] = QUOTE
    into.used = at
  } else {
    out.copyWithin(begin, begin + 1, at)
    into.used = at - 1
  }
}

/** Whether a text looks like something else where it is not quoted. */
function isAmbiguous(buffer: Buffer, from: number, to: number): boolean {
  if (from === to) return true
  switch (buffer[from]) {
    case 0x74:
      return to - from === 4 && isWord(buffer, from, TRUE)
    case 0x66:
      return to - from === 5 && isWord(buffer, from, FALSE)
    default:
      return numberEnd(buffer, from) === to
  }
}

function ownField(meta: Meta, key: string): Json | undefined {
  return Object.hasOwn(meta, key) ? meta[key] : undefined
}

function objectText(meta: Meta, keys: readonly string[]): string {
  return `{${keys.map(key => `${JSON.stringify(key)}:${JSON.stringify(meta[key])}`).join(',')}}`
}

function placeOf(packet: Packet) {
  return packet instanceof Line ? packet.place : { source: 'output' }
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}
