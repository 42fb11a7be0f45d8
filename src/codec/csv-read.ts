// Whole records of CSV to cells, by csv-parse.

import { parse } from 'csv-parse/sync'
import type { RecordSpan } from './csv-split.ts'

/** Latin-1 text, so that each character is a byte and none is changed. */
export interface Cell {
  readonly text: string
  readonly quoted: boolean
}

/** What has to be known to have been quoted, because it would mean something else: rare, and slow to ask for. */
const QUOTED_OTHERWISE = /"(?:|true|false|-?[0-9][0-9.eE+-]*)"/

/** The cells of each record; nothing for one that csv-parse cannot read. */
export function cellsOf(bytes: Buffer, records: readonly RecordSpan[]): readonly (readonly Cell[] | undefined)[] {
  const all: (readonly Cell[] | undefined)[] = []
  for (let first = 0; first < records.length; ) {
    const next = runEnd(records, first)
    const start = records[first]?.start ?? 0
    const end = records[next - 1]?.end ?? start
    const read = readRecords(bytes.subarray(start, end))
    if (read.length === next - first) all.push(...read)
    else
      for (const record of records.slice(first, next))
        all.push(only(readRecords(bytes.subarray(record.start, record.end))))
    first = next
  }
  return all
}

/** So many records are given to csv-parse at once: a function takes no unlimited number of arguments. */
const RUN = 4096

function runEnd(records: readonly RecordSpan[], first: number): number {
  let next = first + 1
  while (next < records.length && next - first < RUN && records[next]?.start === records[next - 1]?.end) next++
  return next
}

function only(read: readonly (readonly Cell[])[]): readonly Cell[] | undefined {
  return read.length === 1 ? read[0] : undefined
}

/** Quotes within unquoted cells are taken as they are. */
const OPTIONS = {
  columns: false,
  encoding: 'latin1',
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
  relax_quotes: true,
} as const

function readRecords(bytes: Buffer): readonly (readonly Cell[])[] {
  try {
    if (bytes.includes('"') && QUOTED_OTHERWISE.test(bytes.toString('latin1'))) {
      return parse(bytes, {
        ...OPTIONS,
        record_delimiter: [...OPTIONS.record_delimiter],
        cast: (text, { quoting }) => ({ text, quoted: quoting }),
      }) as unknown as Cell[][]
    }
    const rows = parse(bytes, { ...OPTIONS, record_delimiter: [...OPTIONS.record_delimiter] })
    return rows.map(row => row.map(text => ({ text, quoted: false })))
  } catch {
    return []
  }
}
