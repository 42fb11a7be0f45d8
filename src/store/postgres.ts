// The PostgreSQL store: the same table as in SQLite, in a server, written while the next packets are on their way.

import { setTimeout as pause } from 'node:timers/promises'
import { DataError, UsageError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Source } from '../stream/step.ts'
import { checkParams, type Endpoint, withoutSecrets } from '../url.ts'
import { Link, linkConfig } from './postgres-link.ts'
import { cellsOfRow, POSTGRES_COLUMNS, type PostgresCells, rowOfCells } from './postgres-rows.ts'
import { checkTable, ensureTable, quoteTable } from './postgres-table.ts'
import { packetOfRow, rowOf } from './rows.ts'
import { selection } from './selection.ts'
import type { ReadOptions, Store, StoreContext, StoreKind } from './store.ts'

const TABLE = 'log'
/** The most rows of one INSERT, and of what waits for its turn. */
const ROWS = 4096
const PAGE = 512
const LOOK_MS = 200

export const postgresStore: StoreKind = {
  scheme: 'postgres',
  summary: 'a table of a PostgreSQL database; with the same columns as sqlite:',
  example: 'postgres://user@host:5432/database?table=log',
  params: [
    { name: 'table', argument: 'NAME', summary: `the table (default ${TABLE}), made where it is not there` },
    { name: 'host', argument: 'FOLDER', summary: 'the folder of the server’s socket' },
    {
      name: 'password-file',
      argument: 'PATH',
      summary: 'a file that holds the password (default: PGPASSFILE, ~/.pgpass)',
    },
    { name: 'tls', summary: 'encrypt the connection, and check the server’s certificate' },
  ],
  async open(endpoint, context) {
    const { where, table } = placeOf(endpoint)
    const store = new PostgresStore({ where, table, endpoint, context })
    await store.begin()
    return store
  },
  read: (endpoint, options) => readPostgres(endpoint, options),
}

function placeOf(endpoint: Endpoint): { readonly where: string; readonly table: string } {
  const where = withoutSecrets(endpoint.text)
  checkParams(
    endpoint,
    postgresStore.params.map(({ name }) => name),
  )
  const table = endpoint.params.get('table') ?? TABLE
  if (table.split('.').some(part => part === '')) throw new UsageError(`${where}: '${table}' is no name of a table`)
  return { where, table }
}

interface PostgresStoreOptions {
  readonly where: string
  readonly table: string
  readonly endpoint: Endpoint
  readonly context: StoreContext
}

/**
 * Each INSERT is a transaction of its own. What was under way when the connection broke is sent again: ids make sure
 * that it is stored once; packets without an id may then be there twice.
 */
export class PostgresStore implements Store {
  readonly name: string
  readonly look: string
  readonly #options: PostgresStoreOptions
  readonly #link: Link
  readonly #count: StageCount
  readonly #insert: string
  #queue: PostgresCells[] = []
  #turn: Promise<void> | undefined
  #failure: unknown

  constructor(options: PostgresStoreOptions) {
    const { where, table, endpoint, context } = options
    this.name = where
    this.#options = options
    this.#count = context.ledger.stage(where)
    // A server that answers before the disk does still writes within a second; a crash of the server loses that.
    const prologue = `SET synchronous_commit = ${context.sync === 'always' ? 'on' : 'off'}`
    this.#link = new Link({ where, config: linkConfig(endpoint, context.warn), warn: context.warn, prologue })
    const [address] = where.split('?')
    this.look = `psql ${address} -c 'select * from ${quoteTable(table)} order by position desc limit 10'`
    const arrays = POSTGRES_COLUMNS.map(({ type }, index) => `$${index + 1}::${type}[]`)
    this.#insert =
      `INSERT INTO ${quoteTable(table)} (${POSTGRES_COLUMNS.map(({ name }) => `"${name}"`).join(', ')}) ` +
      `SELECT * FROM unnest(${arrays.join(', ')}) ON CONFLICT ("id") DO NOTHING`
  }

  async begin(): Promise<void> {
    try {
      const client = await this.#link.connect()
      await ensureTable(client, this.name, this.#options.table)
    } catch (error) {
      await this.#link.end()
      throw error
    }
  }

  write(batch: Batch): void | Promise<void> {
    this.#check()
    for (const packet of batch) this.#take(packet)
    this.#turn ??= this.#queue.length > 0 ? this.#store() : undefined
    if (this.#queue.length >= ROWS) return this.#room()
  }

  async commit(): Promise<void> {
    while (this.#turn) await this.#turn
    this.#check()
  }

  async close(): Promise<void> {
    try {
      await this.commit()
    } finally {
      await this.#link.end()
    }
  }

  #take(packet: Packet): void {
    try {
      const row = rowOf(packet)
      this.#queue.push(cellsOfRow(row))
      this.#count.in++
      // Of the row, because a packet's data would be parsed for it.
      this.#count.bytes += row.data?.length ?? 0
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      const { place, reason } = error
      this.#options.context.reject({ place, reason: 'invalid JSON', detail: reason, bytes: new Uint8Array(0) })
    }
  }

  async #room(): Promise<void> {
    while (this.#turn && this.#queue.length >= ROWS) await this.#turn
    this.#check()
  }

  /** One INSERT, and the next one when there is more by then. */
  async #store(): Promise<void> {
    // What the same turn of the event loop brings goes along.
    await Promise.resolve()
    const rows = this.#queue.slice(0, ROWS)
    this.#queue = this.#queue.slice(ROWS)
    const columns = POSTGRES_COLUMNS.map((_, index) => rows.map(row => row[index]))
    try {
      const { rowCount } = await this.#link.ask(client =>
        client.query({ name: 'insert', text: this.#insert, values: columns }),
      )
      this.#count.out += rowCount ?? 0
      this.#count.duplicate += rows.length - (rowCount ?? 0)
    } catch (error) {
      this.#queue = []
      this.#failure = error
    }
    this.#turn = this.#queue.length > 0 ? this.#store() : undefined
  }

  #check(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
  }
}

interface ReadRow {
  readonly position: string
  readonly cells: PostgresCells
}

/** By position, page by page: constant memory, and no transaction that stays open while a sink is slow. */
async function* readPostgres(endpoint: Endpoint, options: ReadOptions): Source & AsyncGenerator<Batch> {
  const { follow, stop, reject } = options
  const { where, table } = placeOf(endpoint)
  const select = selection(options)
  const link = new Link({
    where,
    config: linkConfig(endpoint, () => {}),
    warn: () => {},
    prologue: 'SET TIME ZONE UTC',
    stop,
  })
  const { text, values } = pageQuery(table, options)
  let last = '-9223372036854775808'
  try {
    await checkTable(await link.connect(), where, table)
    while (!stop.aborted) {
      const page = { name: 'page', text, values: [last, ...values], rowMode: 'array' } as const
      const { rows } = await link.ask(client => client.query<[string, ...PostgresCells]>(page))
      const found = rows.map(([position, ...cells]): ReadRow => ({ position, cells }))
      const newest = found.at(-1)
      if (newest) {
        last = newest.position
        const batch = select(packetsOf(found, where, reject))
        if (batch.length > 0) yield batch
      } else if (!follow) return
      else await pause(LOOK_MS, undefined, { signal: stop }).catch(() => {})
    }
  } finally {
    await link.end()
  }
}

/** The column holds times to the microsecond: rows near the limits are left to `selection`. */
function pageQuery(table: string, { since, until, names }: ReadOptions): { text: string; values: readonly unknown[] } {
  const conditions = ['position > $1']
  const values: unknown[] = []
  const value = (cell: unknown) => `$${values.push(cell) + 1}`
  if (names) conditions.push(`"name" = ANY(${value(names)}::text[])`)
  if (since !== undefined) conditions.push(`"timestamp" > to_timestamp(${value(since / 1000 - 1)}::float8)`)
  if (until !== undefined) conditions.push(`"timestamp" < to_timestamp(${value(until / 1000 + 1)}::float8)`)
  const time = `to_char("timestamp", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
  const text =
    `SELECT position, ${time}, "id", "name", "value", "extra"::text, "data" FROM ${quoteTable(table)} ` +
    `WHERE ${conditions.join(' AND ')} ORDER BY position LIMIT ${PAGE}`
  return { text, values }
}

function packetsOf(rows: readonly ReadRow[], where: string, reject: ReadOptions['reject']): Batch {
  const packets: Packet[] = []
  for (const { position, cells } of rows) {
    try {
      packets.push(packetOfRow(rowOfCells(cells), where))
    } catch (error) {
      const detail = `row ${position}: ${error instanceof Error ? error.message : String(error)}`
      reject({ place: { source: where }, reason: 'invalid JSON', detail, bytes: Buffer.from(cells[4] ?? '') })
    }
  }
  return packets
}
