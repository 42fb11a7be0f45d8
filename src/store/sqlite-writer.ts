// Rows into a table of SQLite: transactions, durability, and the index of ids.

import { WIDTH } from './plain-lines.ts'
import type { Piece } from './rows.ts'
import type { Database, Engine } from './sqlite-engine.ts'
import { SqliteInsert } from './sqlite-insert.ts'
import { ensureTable, hasUniqueIds, isEmpty, makeIdsUnique, rollBack, type Table } from './sqlite-table.ts'
import type { SyncMode } from './store.ts'

/** Enough for the index of a million ids; in KiB. */
const CACHE = 32_000
/** Bytes of a page of a new database: of four times the default size, rows are stored a sixth faster. */
const PAGE = 16_384
/** Pages of the write-ahead log between two checkpoints: 16 MB. */
const CHECKPOINT = 1000

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
  readonly #insert: SqliteInsert
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
        `PRAGMA busy_timeout = ${Math.ceil(wait)}; PRAGMA page_size = ${PAGE}; PRAGMA journal_mode = WAL; ` +
          `PRAGMA wal_autocheckpoint = ${CHECKPOINT}`,
      )
      this.#tune()
      ensureTable(database, table)
      this.#unique = hasUniqueIds(database, table)
      if (deduplicate || !isEmpty(database, table)) {
        const removed = this.makeUnique()
        if (removed > 0) warn(`${table.where}: ${removed} records were there twice: removed`)
      }
      this.#insert = new SqliteInsert(database, table.name)
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
  insert(piece: Piece): void {
    if (this.#pending === 0) this.#database.exec('BEGIN IMMEDIATE')
    if ('rows' in piece) {
      this.#pending += piece.rows.length
      this.#inserted += this.#insert.rows(piece.rows)
    } else {
      this.#pending += piece.places.length / WIDTH
      this.#inserted += this.#insert.lines(piece)
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
