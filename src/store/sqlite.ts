// The SQLite store: a table of packets in which an id is stored once, written in transactions, safe against crashes.

import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { CarrierError, DataError, UsageError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { formatSize, parseCount } from '../units.ts'
import { checkParams, type Endpoint, param, withoutSecrets } from '../url.ts'
import { COLUMNS, type Row, rowOf } from './rows.ts'
import { type Cell, type Database, type Engine, loadEngine, type Statement, sqliteReason } from './sqlite-engine.ts'
import { readSqlite } from './sqlite-read.ts'
import { ensureTable, hasUniqueIds, isEmpty, makeIdsUnique, quote, type Table } from './sqlite-table.ts'
import type { Store, StoreContext, StoreKind } from './store.ts'

const TABLE = 'log'
/** The most packets of a transaction. */
const BATCH = 50_000
/** While packets keep coming they are committed this often, else at once. */
const COMMIT_MS = 100
const SECOND_MS = 1000
/** A table that was empty gets its index of ids when fewer packets than this come in a second. */
const RUSH = 20_000
/** Rows of one INSERT: fewer statements, the same rows, a third less time. */
const ROWS = 50

export const sqliteStore: StoreKind = {
  scheme: 'sqlite',
  summary: 'a table of a SQLite database: timestamp, id, name, value; all else as JSON in extra, bytes in data',
  example: 'sqlite:log.sqlite',
  params: [
    { name: 'table', argument: 'NAME', summary: `the table (default ${TABLE}), made where it is not there` },
    { name: 'batch', argument: 'N', summary: `the most packets of one transaction (default ${BATCH})` },
  ],
  async open(endpoint, context) {
    const { path, table } = placeOf(endpoint)
    const batch = param(endpoint, 'batch', parseCount) ?? BATCH
    if (batch === 0) throw new UsageError(`${endpoint.text}: batch: expected at least 1`)
    return new SqliteStore({ path, table, batch, engine: await loadEngine(table.where), context })
  },
  async *read(endpoint, options) {
    const { path, table } = placeOf(endpoint)
    if (!existsSync(path)) throw new CarrierError(table.where, 'no such file or directory')
    yield* readSqlite({ ...options, path, table, engine: await loadEngine(table.where) })
  },
}

function placeOf(endpoint: Endpoint): { readonly path: string; readonly table: Table } {
  checkParams(
    endpoint,
    sqliteStore.params.map(known => known.name),
  )
  if (endpoint.rest === '') throw new UsageError(`${endpoint.text}: expected sqlite:PATH`)
  const name = endpoint.params.get('table') ?? TABLE
  if (name === '' || name.startsWith('sqlite_')) {
    throw new UsageError(`${endpoint.text}: '${name}' is no name of a table`)
  }
  return { path: endpoint.rest, table: { where: withoutSecrets(endpoint.text), name } }
}

export interface SqliteStoreOptions {
  readonly path: string
  readonly table: Table
  readonly batch: number
  readonly engine: Engine
  readonly context: StoreContext
}

/**
 * A table that was empty when it was opened is filled without its index of ids, which is made when the rush is over
 * or at the end (and, after a crash, at the next start): that is five times as fast as keeping the index of random ids
 * up to date. With `deduplicate` the index is there from the beginning.
 */
export class SqliteStore implements Store {
  readonly name: string
  readonly look: string
  readonly #options: SqliteStoreOptions
  readonly #count: StageCount
  readonly #timer: NodeJS.Timeout
  #database: Database
  #many: Statement
  #one: Statement
  #unique = true
  /** Packets of the open transaction: all, and those that were no duplicates. */
  #pending = 0
  #inserted = 0
  #rushed = 0
  #dirty = false
  #committed = 0
  #idle: NodeJS.Immediate | undefined
  #soon: NodeJS.Timeout | undefined
  #failure: unknown

  constructor(options: SqliteStoreOptions) {
    this.#options = options
    const { table, path, context } = options
    this.name = table.where
    this.look = `sqlite3 -box ${path} 'select * from ${quote(table.name)} order by rowid desc limit 10'`
    this.#count = context.ledger.stage(this.name)
    const { database, many, one } = this.#open()
    this.#database = database
    this.#many = many
    this.#one = one
    this.#timer = setInterval(() => this.#later(() => this.#everySecond()), SECOND_MS).unref()
    const { size, interval, keep } = context.rotation
    if ((size ?? interval ?? keep) !== undefined) context.warn(`${this.name}: a database is not rotated`)
  }

  write(batch: Batch): void {
    this.#check()
    const rows = this.#rowsOf(batch)
    this.#count.in += rows.length
    if (rows.length === 0) return
    try {
      if (this.#pending === 0) this.#database.exec('BEGIN IMMEDIATE')
      this.#pending += rows.length
      this.#inserted += this.#insert(rows)
    } catch (error) {
      this.#abandon()
      throw this.#wrapped(error)
    }
    if (this.#pending >= this.#options.batch) this.#commit()
    else if (this.#options.context.sync !== 'always') this.#commitSoon()
  }

  commit(): void {
    this.#check()
    this.#commit()
  }

  async reopen(): Promise<void> {
    this.#commit()
    this.#close()
    const { database, many, one } = this.#open()
    this.#database = database
    this.#many = many
    this.#one = one
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      this.#check()
      this.#commit()
    } finally {
      this.#close()
    }
  }

  #open(): { readonly database: Database; readonly many: Statement; readonly one: Statement } {
    const { engine, path, table, context } = this.#options
    let database: Database | undefined
    try {
      database = engine.open(path)
      // A crash of the process loses nothing in any mode; NORMAL keeps the database whole through a power cut, too.
      const synchronous = context.sync === 'always' ? 'FULL' : 'NORMAL'
      database.exec(
        `PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; ` +
          'PRAGMA wal_autocheckpoint = 4000',
      )
      ensureTable(database, table)
      this.#unique = hasUniqueIds(database, table)
      if (!this.#unique && (context.deduplicate || !isEmpty(database, table))) {
        const removed = makeIdsUnique(database, table)
        this.#unique = true
        if (removed > 0) context.warn(`${this.name}: ${removed} records were there twice: removed`)
      }
      database.exec('PRAGMA cache_size = -32000')
      const cells = `(${COLUMNS.map(() => '?').join(', ')})`
      const insert = (rows: number) =>
        `INSERT INTO ${quote(table.name)} (${COLUMNS.map(quote).join(', ')}) VALUES ` +
        `${new Array(rows).fill(cells).join(', ')} ON CONFLICT DO NOTHING`
      return { database, many: database.prepare(insert(ROWS)), one: database.prepare(insert(1)) }
    } catch (error) {
      database?.close()
      throw this.#wrapped(error)
    }
  }

  #rowsOf(batch: Batch): readonly Row[] {
    const rows: Row[] = []
    for (const packet of batch) {
      try {
        rows.push(rowOf(packet))
      } catch (error) {
        this.#reject(error)
      }
    }
    return rows
  }

  #reject(error: unknown): void {
    if (!(error instanceof DataError)) throw error
    const { place, reason } = error
    this.#options.context.reject({ place, reason: 'invalid JSON', detail: reason, bytes: new Uint8Array(0) })
  }

  #insert(rows: readonly Row[]): number {
    let inserted = 0
    let start = 0
    for (; start + ROWS <= rows.length; start += ROWS) {
      const cells: Cell[] = []
      for (let at = start; at < start + ROWS; at++) this.#push(cells, rows[at])
      inserted += this.#many.run(cells)
    }
    for (; start < rows.length; start++) {
      const cells: Cell[] = []
      this.#push(cells, rows[start])
      inserted += this.#one.run(cells)
    }
    return inserted
  }

  #push(cells: Cell[], row: Row | undefined): void {
    if (row) cells.push(row.timestamp, row.id, row.name, storable(row.value), row.extra, row.data)
    if (row?.data) this.#count.bytes += row.data.length
  }

  /** At once where nothing more is ready, else within `COMMIT_MS`. */
  #commitSoon(): void {
    if (this.#soon ?? this.#idle) return
    const wait = this.#committed + COMMIT_MS - performance.now()
    const commit = () => this.#later(() => this.#commit())
    if (wait <= 0) this.#idle = setImmediate(commit)
    else this.#soon = setTimeout(commit, wait)
  }

  #commit(): void {
    clearImmediate(this.#idle)
    clearTimeout(this.#soon)
    this.#idle = undefined
    this.#soon = undefined
    if (this.#pending === 0) return
    try {
      this.#checkSpace()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#abandon()
      throw this.#wrapped(error)
    }
    this.#count.out += this.#inserted
    this.#count.duplicate += this.#pending - this.#inserted
    this.#rushed += this.#pending
    this.#pending = 0
    this.#inserted = 0
    this.#dirty = true
    this.#committed = performance.now()
  }

  /** What is not committed is lost, and the log counts it. */
  #abandon(): void {
    this.#pending = 0
    this.#inserted = 0
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // There was no transaction: it has been rolled back by the failure itself.
    }
  }

  #everySecond(): void {
    const { context } = this.#options
    if (this.#rushed < RUSH) this.#makeUnique()
    this.#rushed = 0
    if (context.sync !== 'interval' || !this.#dirty || this.#pending > 0) return
    this.#dirty = false
    this.#database.prepare('PRAGMA wal_checkpoint(PASSIVE)').all([])
  }

  #makeUnique(): void {
    if (this.#unique) return
    this.#commit()
    const { context, table } = this.#options
    if (context.sync === 'always') this.#database.exec('PRAGMA synchronous = NORMAL')
    const removed = makeIdsUnique(this.#database, table)
    this.#database.exec(`PRAGMA cache_size = -32000`)
    if (context.sync === 'always') this.#database.exec('PRAGMA synchronous = FULL')
    this.#unique = true
    this.#count.out -= removed
    this.#count.duplicate += removed
  }

  #close(): void {
    try {
      this.#makeUnique()
    } catch (error) {
      throw this.#wrapped(error)
    } finally {
      this.#database.close()
    }
  }

  #checkSpace(): void {
    const { minFree } = this.#options.context.rotation
    if (minFree === undefined) return
    const { bavail, bsize } = statfsSync(dirname(this.#options.path))
    if (bavail * bsize >= minFree) return
    throw new CarrierError(
      this.name,
      `only ${formatSize(bavail * bsize)} are free on the disk: expected at least ${formatSize(minFree)}`,
    )
  }

  /** Work that nobody waits for: its failure is thrown by the next call. */
  #later(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#failure ??= this.#wrapped(error)
    }
  }

  #check(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
  }

  #wrapped(error: unknown): Error {
    if (error instanceof CarrierError || error instanceof UsageError) return error
    return new CarrierError(this.name, sqliteReason(error), { cause: error })
  }
}

/** Whole numbers become INTEGER: as a JavaScript number each would be a REAL. A negative zero stays what it is. */
function storable(value: Row['value']): Cell {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
}
