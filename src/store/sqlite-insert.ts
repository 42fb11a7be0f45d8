// Statements of many rows: from rows, or straight from the bytes of lines.

import { type PlainLines, TO_ID, TO_NAME, WIDTH } from './plain-lines.ts'
import { COLUMNS, type Row, rowsOfLines } from './rows.ts'
import type { Cell, Database, Statement } from './sqlite-engine.ts'
import { quote } from './sqlite-table.ts'

/** Rows of one statement, the most first: fewer statements, the same rows, a third less time. */
const SIZES = [64, 8, 1] as const

interface Sized {
  readonly size: number
  readonly statement: Statement
}

/** Inserts rows whose id is not there yet; everything returns how many there were. */
export class SqliteInsert {
  readonly #rows: readonly Sized[]
  /** Nothing where the texts of the database are not UTF-8, as lines are. */
  readonly #lines: readonly Sized[] | undefined

  constructor(database: Database, table: string) {
    const sized = (sql: (size: number) => string) =>
      SIZES.map(size => ({ size, statement: database.prepare(sql(size)) }))
    this.#rows = sized(size => sqlOfRows(table, size))
    const [encoding] = database.prepare('PRAGMA encoding').all([])
    if (encoding?.['encoding'] === 'UTF-8') this.#lines = sized(size => sqlOfLines(table, size))
  }

  rows(rows: readonly Row[]): number {
    let stored = 0
    let start = 0
    for (const { size, statement } of this.#rows) {
      for (; start + size <= rows.length; start += size) {
        const cells: Cell[] = []
        for (let at = start; at < start + size; at++) pushCells(cells, rows[at])
        stored += statement.run(cells)
      }
    }
    return stored
  }

  lines(lines: PlainLines): number {
    if (!this.#lines) return this.rows(rowsOfLines(lines))
    const { length } = lines.places
    let stored = 0
    let start = 0
    for (const { size, statement } of this.#lines) {
      const width = size * WIDTH
      for (; start + width <= length; start += width) stored += statement.run(cellsOfLines(lines, start, start + width))
    }
    return stored
  }
}

function sqlOfRows(table: string, size: number): string {
  return (
    `INSERT INTO ${quote(table)} (${COLUMNS.map(quote).join(', ')}) VALUES ` +
    `${repeated(COLUMNS.length, size)} ON CONFLICT DO NOTHING`
  )
}

/**
 * One parameter holds the bytes of all lines, from which SQLite takes the texts: that is half the work of making each a
 * string that the library turns into bytes again. A number comes as a double; a whole one becomes an INTEGER.
 */
function sqlOfLines(table: string, size: number): string {
  const id = `column1 + column2 + ${TO_ID}`
  const name = `column1 + column2 + column3 + ${TO_ID + TO_NAME}`
  const integer = 'CAST(column5 AS INTEGER)'
  return (
    `INSERT INTO ${quote(table)} ("timestamp", "id", "name", "value") SELECT ` +
    `CAST(substr(bytes, column1, column2) AS TEXT), CAST(substr(bytes, ${id}, column3) AS TEXT), ` +
    `CAST(substr(bytes, ${name}, column4) AS TEXT), iif(column5 = ${integer}, ${integer}, column5) ` +
    `FROM (SELECT ? AS bytes), (VALUES ${repeated(WIDTH, size)}) WHERE true ON CONFLICT DO NOTHING`
  )
}

function repeated(width: number, size: number): string {
  return new Array(size).fill(`(${new Array(width).fill('?').join()})`).join()
}

function cellsOfLines({ buffer, places }: PlainLines, from: number, to: number): readonly Cell[] {
  const at = (index: number) => places[index] ?? 0
  const first = at(from)
  const last = to - WIDTH
  const end = at(last) + at(last + 1) + TO_ID + at(last + 2) + TO_NAME + at(last + 3)
  const cells: Cell[] = [buffer.subarray(first, end)]
  for (let index = from; index < to; index += WIDTH) {
    // The first byte is 1.
    cells.push(at(index) - first + 1, at(index + 1), at(index + 2), at(index + 3), at(index + 4))
  }
  return cells
}

function pushCells(cells: Cell[], row: Row | undefined): void {
  if (row) cells.push(row.timestamp, row.id, row.name, storable(row.value), row.extra, row.data)
}

/** Whole numbers become INTEGER: as a JavaScript number each would be a REAL. A negative zero stays what it is. */
function storable(value: Row['value']): Cell {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
}
