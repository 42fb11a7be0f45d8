// A packet as a row of a table, and back: what fits a column stands there, everything else in `extra` as JSON.

import { Line } from '../codec/line.ts'
import { DataError } from '../errors.ts'
import { type Batch, type Json, NO_DATA, type Packet } from '../packet.ts'
import { cutPlainLine, type PlainLines, TO_ID, TO_NAME, WIDTH } from './plain-lines.ts'

/**
 * `timestamp`, `id` and `name` are columns where they are text; `value` where it is text or a number. Anything else,
 * `null` and what is no well-formed text included, lies in `extra` under the same key. So nothing changes its type.
 */
export interface Row {
  timestamp: string | null
  id: string | null
  name: string | null
  /** A bigint is an integer that a double cannot hold, as it was spelled in the input. */
  value: number | bigint | string | null
  /** A JSON object. */
  extra: string | null
  data: Uint8Array | null
}

export const COLUMNS = ['timestamp', 'id', 'name', 'value', 'extra', 'data'] as const

/** The rows of lines that hold nothing else. */
export function rowsOfLines({ buffer, places }: PlainLines): readonly Row[] {
  const rows: Row[] = []
  for (let index = 0; index < places.length; index += WIDTH) {
    const [timestamp = 0, ...rest] = places.slice(index, index + WIDTH)
    const [timestampLength = 0, idLength = 0, nameLength = 0, value = 0] = rest
    const id = timestamp + timestampLength + TO_ID
    const name = id + idLength + TO_NAME
    rows.push({
      timestamp: buffer.toString('utf8', timestamp, timestamp + timestampLength),
      id: buffer.toString('utf8', id, id + idLength),
      name: buffer.toString('utf8', name, name + nameLength),
      value,
      extra: null,
      data: null,
    })
  }
  return rows
}

/** Half the time of parsing; any other line is left to the parser. */
function rowOfPlainLine(line: Line): Row | undefined {
  const places: number[] = []
  return cutPlainLine(line, places) ? rowsOfLines({ buffer: line.buffer, places })[0] : undefined
}

/** Rows, or lines that need not become rows, in the order of the packets. */
export type Piece = { readonly rows: Row[] } | PlainLines

/** What is a line in vain, as it is no JSON, is told and left out. */
export function piecesOf(batch: Batch, invalid: (error: DataError) => void): readonly Piece[] {
  const pieces: Piece[] = []
  let lines: PlainLines | undefined
  let rows: Row[] | undefined
  for (const packet of batch) {
    if (packet instanceof Line) {
      const { buffer } = packet
      const next = lines?.buffer === buffer ? lines : { buffer, places: [] }
      if (cutPlainLine(packet, next.places)) {
        if (next !== lines) pieces.push(next)
        lines = next
        rows = undefined
        continue
      }
    }
    const row = validRow(packet, invalid)
    if (!row) continue
    if (!rows) {
      rows = []
      pieces.push({ rows })
    }
    rows.push(row)
    lines = undefined
  }
  return pieces
}

function validRow(packet: Packet, invalid: (error: DataError) => void): Row | undefined {
  try {
    return rowOf(packet)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    invalid(error)
    return undefined
  }
}

/** Throws a DataError where the packet is a line that is no JSON after all. */
export function rowOf(packet: Packet): Row {
  const plain = packet instanceof Line ? rowOfPlainLine(packet) : undefined
  if (plain) return plain
  const { meta, data } = packet
  const row: Row = { timestamp: null, id: null, name: null, value: null, extra: null, data: null }
  let extra: Record<string, Json> | undefined
  for (const key in meta) {
    const cell = meta[key]
    if (cell === undefined) continue
    if (typeof cell === 'string' && isColumnOfText(key) && isText(cell)) row[key] = cell
    else if (typeof cell === 'number' && key === 'value') row.value = exactly(cell, packet)
    else {
      // Without a prototype `__proto__` is a key like any other.
      extra ??= Object.create(null) satisfies Record<string, Json>
      if (extra) extra[key] = cell
    }
  }
  if (extra) row.extra = JSON.stringify(extra)
  if (data.length > 0) row.data = data
  return row
}

function isColumnOfText(key: string): key is 'timestamp' | 'id' | 'name' | 'value' {
  return key === 'timestamp' || key === 'id' || key === 'name' || key === 'value'
}

const HALF_OF_A_PAIR = /\p{Surrogate}/u

/** Half of a surrogate pair has no UTF-8: only JSON can spell it. */
function isText(text: string): boolean {
  return !HALF_OF_A_PAIR.test(text)
}

const INT64 = 2n ** 63n

/** A number as it was spelled, where parsing has rounded it and the line is still there. */
function exactly(value: number, packet: Packet): number | bigint {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER || !Number.isInteger(value) || !(packet instanceof Line)) return value
  const spellings = new Set<string>()
  const text = packet.buffer.toString('latin1', packet.start, packet.end)
  for (const [, digits] of text.matchAll(/"value"\s*:\s*(-?\d+)\s*[,}]/g)) {
    if (digits !== undefined && Number(digits) === value) spellings.add(digits)
  }
  const [spelling] = spellings
  if (spelling === undefined || spellings.size > 1) return value
  const integer = BigInt(spelling)
  return integer >= -INT64 && integer < INT64 ? integer : value
}

/** So many digits may be an integer that parsing would round. */
const MANY_DIGITS = /\d{16}/

/** The packet that a row was made of. Throws a SyntaxError where `extra` is no JSON object. */
export function packetOfRow(row: Row, source: string): Packet {
  const { timestamp, id, name, value, extra } = row
  const data = row.data ?? NO_DATA
  const rounded = typeof value === 'bigint' || (extra !== null && MANY_DIGITS.test(extra))
  if (rounded && data.length === 0) return lineOfRow(row, source)
  const rest: unknown = extra === null ? undefined : JSON.parse(extra)
  if (rest !== undefined && !isObject(rest)) throw new SyntaxError(`extra is no JSON object: ${extra}`)
  const meta = {
    ...(timestamp !== null && { timestamp }),
    ...(id !== null && { id }),
    ...(name !== null && { name }),
    ...(value !== null && { value: typeof value === 'bigint' ? Number(value) : value }),
    ...rest,
  }
  return { meta, data }
}

function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The packet as a line, so that its numbers keep their spelling. */
function lineOfRow({ timestamp, id, name, value, extra }: Row, source: string): Packet {
  const cells: string[] = []
  if (timestamp !== null) cells.push(`"timestamp":${JSON.stringify(timestamp)}`)
  if (id !== null) cells.push(`"id":${JSON.stringify(id)}`)
  if (name !== null) cells.push(`"name":${JSON.stringify(name)}`)
  if (value !== null) cells.push(`"value":${typeof value === 'bigint' ? value : JSON.stringify(value)}`)
  if (extra !== null) {
    if (!isObject(JSON.parse(extra))) throw new SyntaxError(`extra is no JSON object: ${extra}`)
    const inside = extra.trim().slice(1, -1).trim()
    if (inside !== '') cells.push(inside)
  }
  const buffer = Buffer.from(`{${cells.join(',')}}`)
  return new Line(buffer, 0, buffer.length, { source, offset: 0, line: 1 })
}
