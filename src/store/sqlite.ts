// The SQLite store: a table of packets in which an id is stored once, written in transactions, safe against crashes.

import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { CarrierError, UsageError } from '../errors.ts'
import { type Batch, NO_DATA } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { formatSize, parseCount, parseDuration } from '../units.ts'
import { checkParams, type Endpoint, param, withoutSecrets } from '../url.ts'
import { WIDTH } from './plain-lines.ts'
import { type Piece, piecesOf } from './rows.ts'
import { type Engine, loadEngine, sqliteReason } from './sqlite-engine.ts'
import { readSqlite } from './sqlite-read.ts'
import { quote, type Table } from './sqlite-table.ts'
import { SqliteWriter } from './sqlite-writer.ts'
import type { Store, StoreContext, StoreKind } from './store.ts'

const TABLE = 'log'
/** The most packets of a transaction. */
const BATCH = 50_000
/** How long another process may hold the lock. */
const WAIT_MS = 5000
/** While packets keep coming they are committed this often, else at once. */
const COMMIT_MS = 100
const SECOND_MS = 1000
/** A table that was empty gets its index of ids when fewer packets than this come in a second. */
const RUSH = 20_000

export const sqliteStore: StoreKind = {
  scheme: 'sqlite',
  summary: 'a table of a SQLite database: timestamp, id, name, value; all else as JSON in extra, bytes in data',
  example: 'sqlite:log.sqlite',
  params: [
    { name: 'table', argument: 'NAME', summary: `the table (default ${TABLE}), made where it is not there` },
    { name: 'wait', argument: 'TIME', summary: 'how long to wait while another process writes (default 5s)' },
    { name: 'batch', argument: 'N', summary: `the most packets of one transaction (default ${BATCH})` },
  ],
  async open(endpoint, context) {
    const { path, table } = placeOf(endpoint)
    const batch = param(endpoint, 'batch', parseCount) ?? BATCH
    if (batch === 0) throw new UsageError(`${endpoint.text}: batch: expected at least 1`)
    const wait = param(endpoint, 'wait', parseDuration) ?? WAIT_MS
    return new SqliteStore({ path, table, batch, wait, engine: await loadEngine(table.where), context })
  },
  async *read(endpoint, options) {
    const { path, table } = placeOf(endpoint)
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
  /** Milliseconds. */
  readonly wait: number
  readonly engine: Engine
  readonly context: StoreContext
}

/** The index of ids of a table that was empty is made when the rush is over, or at the end. */
export class SqliteStore implements Store {
  readonly name: string
  readonly look: string
  readonly #options: SqliteStoreOptions
  readonly #count: StageCount
  readonly #timer: NodeJS.Timeout
  #writer: SqliteWriter
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
    this.#writer = this.#open()
    this.#timer = setInterval(() => this.#later(() => this.#everySecond()), SECOND_MS).unref()
    const { size, interval, keep } = context.rotation
    if ((size ?? interval ?? keep) !== undefined) context.warn(`${this.name}: a database is not rotated`)
  }

  write(batch: Batch): void {
    this.#check()
    const pieces = piecesOf(batch, ({ place, reason }) =>
      this.#options.context.reject({ place, reason: 'invalid JSON', detail: reason, bytes: NO_DATA }),
    )
    for (const piece of pieces) this.#account(piece)
    if (pieces.length === 0) return
    try {
      for (const piece of pieces) this.#writer.insert(piece)
    } catch (error) {
      this.#writer.abandon()
      throw this.#wrapped(error)
    }
    if (this.#writer.pending >= this.#options.batch) this.#commit()
    else if (this.#options.context.sync !== 'always') this.#commitSoon()
  }

  commit(): void {
    this.#check()
    this.#commit()
  }

  async reopen(): Promise<void> {
    this.#commit()
    this.#close()
    this.#writer = this.#open()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    try {
      this.#check()
      this.#commit()
    } finally {
      clearImmediate(this.#idle)
      clearTimeout(this.#soon)
      this.#close()
    }
  }

  #open(): SqliteWriter {
    const { context, ...options } = this.#options
    const { sync, warn, deduplicate = false } = context
    try {
      return new SqliteWriter({ ...options, sync, warn, deduplicate })
    } catch (error) {
      throw this.#wrapped(error)
    }
  }

  #account(piece: Piece): void {
    if ('rows' in piece) {
      this.#count.in += piece.rows.length
      for (const { data } of piece.rows) this.#count.bytes += data?.length ?? 0
    } else this.#count.in += piece.places.length / WIDTH
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
    const { pending } = this.#writer
    if (pending === 0) return
    try {
      this.#checkSpace()
      const { stored, duplicate } = this.#writer.commit()
      this.#count.out += stored
      this.#count.duplicate += duplicate
    } catch (error) {
      // What is not committed is lost, and the log counts it.
      this.#writer.abandon()
      throw this.#wrapped(error)
    }
    this.#rushed += pending
    this.#dirty = true
    this.#committed = performance.now()
  }

  #everySecond(): void {
    if (this.#rushed < RUSH) this.#makeUnique()
    this.#rushed = 0
    if (this.#options.context.sync !== 'interval' || !this.#dirty || this.#writer.pending > 0) return
    this.#dirty = false
    this.#writer.checkpoint()
  }

  #makeUnique(): void {
    this.#commit()
    const removed = this.#writer.makeUnique()
    this.#count.out -= removed
    this.#count.duplicate += removed
  }

  #close(): void {
    try {
      this.#makeUnique()
    } catch (error) {
      throw this.#wrapped(error)
    } finally {
      this.#writer.close()
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
