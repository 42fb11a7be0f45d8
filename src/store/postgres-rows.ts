// Rows of a PostgreSQL table: the columns have types there, so what they would change lies in `extra` as it was.

import type { Row } from './rows.ts'

/** The cells of a row in the order of `POSTGRES_COLUMNS`. */
export type PostgresCells = readonly [
  timestamp: string | null,
  id: string | null,
  name: string | null,
  value: number | null,
  extra: string | null,
  data: Uint8Array | null,
]

/** The columns with their types; and what unnest and a reader need: OIDs of pg_type. */
export const POSTGRES_COLUMNS = [
  { name: 'timestamp', type: 'timestamptz', oid: 1184 },
  { name: 'id', type: 'text', oid: 25 },
  { name: 'name', type: 'text', oid: 25 },
  { name: 'value', type: 'float8', oid: 701 },
  // Not jsonb, which changes the order of keys and the spelling of numbers and knows no \u0000.
  { name: 'extra', type: 'json', oid: 114 },
  { name: 'data', type: 'bytea', oid: 17 },
] as const

/** What `to_char` gives back: milliseconds, UTC. */
const EXACT_TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const FULL_TIME = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
const DATED = /^(?!0000)\d{4}-\d\d-\d\d/

/**
 * A timestamp that is spelled otherwise than the database would spell it stands in the column, for queries, and in
 * `extra`, for readers. A value that is no double, and text with a NUL, lie in `extra` alone.
 */
export function cellsOfRow({ timestamp, id, name, value, extra, data }: Row): PostgresCells {
  const moved: string[] = []
  const textCell = (key: string, text: string | null) => {
    if (text === null || !text.includes('\0')) return text
    moved.push(`"${key}":${JSON.stringify(text)}`)
    return null
  }
  const time = timestamp === null ? null : timeOf(timestamp)
  if (timestamp !== null && (time !== timestamp || !EXACT_TIME.test(timestamp))) {
    moved.push(`"timestamp":${JSON.stringify(timestamp)}`)
  }
  const idCell = textCell('id', id)
  const nameCell = textCell('name', name)
  if (typeof value === 'string') moved.push(`"value":${JSON.stringify(value)}`)
  else if (typeof value === 'bigint') moved.push(`"value":${value}`)
  return [time, idCell, nameCell, typeof value === 'number' ? value : null, joined(moved, extra), data]
}

function timeOf(text: string): string | null {
  if (!DATED.test(text)) return null
  const time = Date.parse(text)
  if (Number.isNaN(time)) return null
  const iso = new Date(time).toISOString()
  // The last of the second digit decides: 2026-02-30 is taken for 2 March by Date, and refused by the database.
  if (FULL_TIME.test(text) && iso.slice(0, 19) === text.slice(0, 19)) return text
  return DATED.test(iso) ? iso : null
}

function joined(moved: readonly string[], extra: string | null): string | null {
  if (moved.length === 0) return extra
  const rest = extra === null || extra === '{}' ? '}' : `,${extra.slice(1)}`
  return `{${moved.join(',')}${rest}`
}

const MOVED = /^\{"(timestamp|id|name|value)":("(?:[^"\\]|\\.)*"|-?\d+(?=[,}]))(?:,(?!\})|(?=\}))/

/** The row as it was before `cellsOfRow`. */
export function rowOfCells([timestamp, id, name, value, extra, data]: PostgresCells): Row {
  const row: Row = { timestamp, id, name, value, extra, data }
  for (;;) {
    const found = row.extra === null ? null : MOVED.exec(row.extra)
    const [all = '', key, cell = ''] = found ?? []
    if (row.extra === null || key === undefined) return row
    if (cell.startsWith('"')) {
      const text: string = JSON.parse(cell)
      if (key === 'timestamp') row.timestamp = text
      else if (key === 'id') row.id = text
      else if (key === 'name') row.name = text
      else row.value = text
    } else if (key === 'value') row.value = BigInt(cell)
    else return row
    row.extra = `{${row.extra.slice(all.length)}`
    if (row.extra === '{}') row.extra = null
  }
}
