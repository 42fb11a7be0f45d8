// Reads a SQLite store back in the order in which it was written, page by page, while others may write.

import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { CarrierError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Source } from '../stream/step.ts'
import { COLUMNS, packetOfRow, type Row } from './rows.ts'
import { selection } from './selection.ts'
import { type Cell, type Database, type Engine, type Statement, sqliteReason } from './sqlite-engine.ts'
import { checkColumns, quote, type Table, tableExists } from './sqlite-table.ts'
import type { ReadOptions } from './store.ts'

const PAGE = 512
/** How often a follower looks for new rows. */
const LOOK_MS = 100
const DAY_MS = 86_400_000

export interface SqliteReadOptions extends ReadOptions {
  readonly engine: Engine
  readonly path: string
  readonly table: Table
}

/** The last row is remembered, not a cursor kept: a reader holds no lock while its sink is slow. */
export async function* readSqlite(options: SqliteReadOptions): Source & AsyncGenerator<Batch> {
  const { table, follow, stop } = options
  const select = selection(options)
  const database = await openWhenThere(options)
  if (!database) return
  try {
    const page = selectPage(database, options)
    let last: Cell = 0n - 2n ** 63n
    while (!stop.aborted) {
      const rows = page(last)
      const newest = rows.at(-1)?.['row']
      if (newest === undefined) {
        if (!follow) return
        await pause(LOOK_MS, undefined, { signal: stop }).catch(() => {})
        continue
      }
      last = newest
      const batch = select(packetsOf(rows, options))
      if (batch.length > 0) yield batch
    }
  } catch (error) {
    throw error instanceof Error && 'place' in error ? error : wrapped(table, error)
  } finally {
    database.close()
  }
}

function wrapped({ where }: Table, error: unknown): CarrierError {
  return error instanceof CarrierError ? error : new CarrierError(where, sqliteReason(error), { cause: error })
}

/** A follower waits for a store that is yet to be made. */
async function openWhenThere(options: SqliteReadOptions): Promise<Database | undefined> {
  while (options.follow && !options.stop.aborted) {
    try {
      return openToRead(options)
    } catch (error) {
      if (!(error instanceof NotThere)) throw error
      await pause(LOOK_MS, undefined, { signal: options.stop }).catch(() => {})
    }
  }
  return options.stop.aborted ? undefined : openToRead(options)
}

class NotThere extends CarrierError {}

function openToRead({ engine, path, table }: SqliteReadOptions): Database {
  if (!existsSync(path)) throw new NotThere(table.where, 'no such file or directory')
  let database: Database | undefined
  try {
    database = engine.open(path, { readOnly: true })
    database.exec('PRAGMA busy_timeout = 5000')
    if (!tableExists(database, table)) throw new NotThere(table.where, `there is no table '${table.name}'`)
    checkColumns(database, table)
    return database
  } catch (error) {
    database?.close()
    throw wrapped(table, error)
  }
}

type Page = (after: Cell) => ReturnType<Statement['all']>

/**
 * Times of day may be spelled with any offset, so rows are left out here only where their date is two days away;
 * `selection` decides exactly.
 */
function selectPage(database: Database, { engine, table, names, since, until }: SqliteReadOptions): Page {
  const conditions = ['rowid > ?']
  const cells: Cell[] = []
  if (names) {
    conditions.push(`"name" IN (${names.map(() => '?').join(', ')})`)
    cells.push(...names)
  }
  const dated = `"timestamp" GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-*'`
  if (since !== undefined) {
    conditions.push(`NOT (${dated} AND "timestamp" < ?)`)
    cells.push(dateText(since - 2 * DAY_MS))
  }
  if (until !== undefined) {
    conditions.push(`NOT (${dated} AND "timestamp" > ?)`)
    cells.push(dateText(until + 2 * DAY_MS))
  }
  const statement = database.prepare(
    `SELECT rowid AS row, ${COLUMNS.map(engine.cutsAtNul ? whole : quote).join(', ')} FROM ${quote(table.name)} ` +
      `WHERE ${conditions.join(' AND ')} ORDER BY rowid LIMIT ${PAGE}`,
  )
  return after => statement.all([after, ...cells])
}

/** As bytes, if a library that cuts text at a NUL would cut it. */
function whole(column: string): string {
  const name = quote(column)
  return `CASE WHEN typeof(${name}) = 'text' AND instr(${name}, char(0)) THEN CAST(${name} AS BLOB) ELSE ${name} END AS ${name}`
}

/** The years that have four digits. */
function dateText(time: number): string {
  return new Date(Math.min(Math.max(time, -62_167_219_200_000), 253_402_300_799_000)).toISOString().slice(0, 10)
}

function packetsOf(rows: ReturnType<Page>, { table, reject }: SqliteReadOptions): Batch {
  const packets: Packet[] = []
  for (const cells of rows) {
    try {
      packets.push(packetOfRow(rowOfCells(cells), table.where))
    } catch (error) {
      reject({
        place: { source: table.where },
        reason: 'invalid JSON',
        detail: `row ${cells['row']}: ${error instanceof Error ? error.message : String(error)}`,
        bytes: Buffer.from(String(cells['extra'])),
      })
    }
  }
  return packets
}

/** Rows that others wrote may hold anything; what is no text there is read as its text. */
function rowOfCells(cells: Readonly<Record<string, Cell>>): Row {
  return {
    timestamp: textOf(cells['timestamp']),
    id: textOf(cells['id']),
    name: textOf(cells['name']),
    value: numberOrText(cells['value']),
    extra: textOf(cells['extra']),
    data: bytesOf(cells['data']),
  }
}

function textOf(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined || typeof cell === 'string') return cell ?? null
  return typeof cell === 'object' ? Buffer.from(cell).toString('utf8') : String(cell)
}

function numberOrText(cell: Cell | undefined): Row['value'] {
  if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell
  return typeof cell === 'object' || cell === undefined ? textOf(cell) : cell
}

function bytesOf(cell: Cell | undefined): Uint8Array | null {
  if (cell === null || cell === undefined) return null
  return typeof cell === 'object' ? cell : Buffer.from(String(cell))
}
