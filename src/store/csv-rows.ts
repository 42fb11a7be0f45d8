// Packets as rows of CSV: which key goes into which column, and what has none.

import { gapOf, type Json, type Meta, type Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'

/** Bytes of packets are base64 text in this column. */
export const DATA_COLUMN = 'data'
/** Everything without a column of its own, as one JSON object. */
export const EXTRA_COLUMN = 'extra'

export interface CsvRowsOptions {
  readonly name: string
  /** Undefined: the keys of the first packet. */
  readonly columns: readonly string[] | undefined
  readonly extra: boolean
  readonly reject: Rejecter
}

export class CsvRows {
  readonly #name: string
  readonly #extra: boolean
  readonly #reject: Rejecter
  #columns: readonly string[] | undefined
  #known: ReadonlySet<string> = new Set()

  constructor({ name, columns, extra, reject }: CsvRowsOptions) {
    this.#name = name
    this.#extra = extra
    this.#reject = reject
    if (columns) this.setColumns(extra && !columns.includes(EXTRA_COLUMN) ? [...columns, EXTRA_COLUMN] : columns)
  }

  get columns(): readonly string[] | undefined {
    return this.#columns
  }

  setColumns(columns: readonly string[]): void {
    this.#columns = columns
    this.#known = new Set(columns)
  }

  header(): string {
    return this.#columns === undefined ? '' : `${this.#columns.map(cell).join(',')}\n`
  }

  /** The row with its newline; nothing if the packet has a key without a column, which is rejected. */
  row(packet: Packet): string {
    const { meta, data } = packet
    const columns = this.#columns ?? this.#begin(packet)
    const missing = this.#missing(meta, data)
    if (missing.length > 0 && !this.#extra) {
      this.#reject({
        place: { source: this.#name },
        reason: 'no such column',
        detail: `'${missing.join("', '")}' (columns: ${columns.join(', ')})`,
        bytes: Buffer.from(`${JSON.stringify(meta)}\n`),
      })
      return ''
    }
    let text = ''
    for (const column of columns) {
      if (text !== '' || column !== columns[0]) text += ','
      if (this.#extra && column === EXTRA_COLUMN) text += missing.length === 0 ? '' : cell(extraOf(packet, missing))
      else if (column === DATA_COLUMN && data.length > 0) text += base64(data)
      else text += cellOf(meta[column])
    }
    return `${text}\n`
  }

  /** A gap record says nothing about the columns of what follows it. */
  #begin({ meta, data }: Packet): readonly string[] {
    const keys = gapOf(meta) ? ['timestamp', 'id', 'name', 'value'] : Object.keys(meta)
    if (data.length > 0 && !keys.includes(DATA_COLUMN)) keys.push(DATA_COLUMN)
    const columns = this.#extra && !keys.includes(EXTRA_COLUMN) ? [...keys, EXTRA_COLUMN] : keys
    this.setColumns(columns)
    return columns
  }

  #missing(meta: Meta, data: Uint8Array): readonly string[] {
    const known = this.#known
    const missing = Object.keys(meta).filter(key => !known.has(key) || (this.#extra && key === EXTRA_COLUMN))
    if (data.length > 0 && !known.has(DATA_COLUMN)) missing.push(DATA_COLUMN)
    return missing
  }
}

function extraOf({ meta, data }: Packet, keys: readonly string[]): string {
  const entries = keys.map(key => [key, key === DATA_COLUMN && data.length > 0 ? base64(data) : meta[key]])
  return JSON.stringify(Object.fromEntries(entries))
}

/** A missing key and null (a sensor that stopped) are an empty cell, an empty text is a quoted empty cell. */
function cellOf(value: Json | undefined): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === undefined || value === null) return ''
  return value === '' ? '""' : cell(typeof value === 'string' ? value : JSON.stringify(value))
}

/** RFC 4180: quoted where it has to be. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}

/** The cells of one row, which may end in a newline. */
export function cellsOf(row: string): readonly string[] {
  const cells = row.replace(/\r?\n$/, '').match(/(?:^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? []
  return cells.map(cell => {
    const text = cell.replace(/^,/, '')
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
  })
}
