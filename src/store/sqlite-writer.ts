// Rows into a table of SQLite: statements of many rows, transactions, and the index of ids.

import { COLUMNS, type Row } from './rows.ts'
import type { Cell, Database, Engine, Statement } from './sqlite-engine.ts'
import { ensureTable, hasUniqueIds, isEmpty, makeIdsUnique, quote, rollBack, type Table } from './sqlite-table.ts'
import type { SyncMode } from './store.ts'

/** Rows of one INSERT: fewer statements, the same rows, a third less time. */
const ROWS = 50
/** Enough for the index of a million ids; in KiB. */
const CACHE = 32_000
/** Pages of the write-ahead log between two checkpoints: 16 MB. */
const CHECKPOINT = 4000

export interface SqliteWriterOptions {
  readonly engine: Engine
  readonly path: string
  readonly table: Table
  /** Milliseconds until a lock of another process is an error. */
  readonly wait: number
  readonly sync: SyncMode
  /** The index of ids is there from the beginning. */
  readonly deduplicate: boolean
  readonly warn: (message: string) => void
}

/**
 * A table that was empty when it was opened is filled without its index of ids, which `makeUnique` makes later (and,
 * after a crash, the next start): that is five times as fast as keeping an index of random ids up to date.
 * Everything throws the errors of the library.
 */
export class SqliteWriter {
  readonly #database: Database
  readonly #table: Table
  readonly #sync: SyncMode
  readonly #many: Statement
  readonly #one: Statement
  #unique: boolean
  #pending = 0
  #inserted = 0

  constructor({ engine, path, table, wait, sync, deduplicate, warn }: SqliteWriterOptions) {
    this.#table = table
    this.#sync = sync
    const database = engine.open(path)
    this.#database = database
    try {
      database.exec(
        `PRAGMA busy_timeout = ${Math.ceil(wait)}; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT}`,
      )
      this.#tune()
      ensureTable(database, table)
      this.#unique = hasUniqueIds(database, table)
      if (deduplicate || !isEmpty(database, table)) {
        const removed = this.makeUnique()
        if (removed > 0) warn(`${table.where}: ${removed} records were there twice: removed`)
      }
      const cells = `(${COLUMNS.map(() => '?').join(', ')})`
      const insert = (rows: number) =>
        `INSERT INTO ${quote(table.name)} (${COLUMNS.map(quote).join(', ')}) VALUES ` +
        `${new Array(rows).fill(cells).join(', ')} ON CONFLICT DO NOTHING`
      this.#many = database.prepare(insert(ROWS))
      this.#one = database.prepare(insert(1))
    } catch (error) {
      database.close()
      throw error
    }
  }

  /** Rows of the open transaction. */
  get pending(): number {
    return this.#pending
  }

  /** Begins a transaction where none is open. */
  insert(rows: readonly Row[]): void {
    if (this.#pending === 0) this.#database.exec('BEGIN IMMEDIATE')
    this.#pending += rows.length
    let start = 0
    for (; start + ROWS <= rows.length; start += ROWS) {
      const cells: Cell[] = []
      for (let at = start; at < start + ROWS; at++) pushCells(cells, rows[at])
      this.#inserted += this.#many.run(cells)
    }
    for (; start < rows.length; start++) {
      const cells: Cell[] = []
      pushCells(cells, rows[start])
      this.#inserted += this.#one.run(cells)
    }
  }

  /** Ends the transaction. Tells how many of its rows were stored, and how many were there already. */
  commit(): { readonly stored: number; readonly duplicate: number } {
    if (this.#pending > 0) this.#database.exec('COMMIT')
    const result = { stored: this.#inserted, duplicate: this.#pending - this.#inserted }
    this.#pending = 0
    this.#inserted = 0
    return result
  }

  /** Takes back what is not committed. */
  abandon(): void {
    this.#pending = 0
    this.#inserted = 0
    rollBack(this.#database)
  }

  /** Makes the index of ids, not within a transaction. Returns how many duplicates were removed. */
  makeUnique(): number {
    if (this.#unique) return 0
    this.#database.exec('PRAGMA synchronous = NORMAL')
    const removed = makeIdsUnique(this.#database, this.#table)
    this.#tune()
    this.#unique = true
    return removed
  }

  /** Makes all that was committed durable. */
  checkpoint(): void {
    this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').all([])
  }

  close(): void {
    this.#database.close()
  }

  /** A crash of the process loses nothing in any mode; NORMAL keeps the database whole through a power cut, too. */
  #tune(): void {
    const synchronous = this.#sync === 'always' ? 'FULL' : 'NORMAL'
    this.#database.exec(`PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -${CACHE}`)
  }
}

function pushCells(cells: Cell[], row: Row | undefined): void {
  if (row) cells.push(row.timestamp, row.id, row.name, storable(row.value), row.extra, row.data)
}

/** Whole numbers become INTEGER: as a JavaScript number each would be a REAL. A negative zero stays what it is. */
function storable(value: Row['value']): Cell {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
}
