// The table of a SQLite store: made, compared with what is expected, and its index of ids.

import { CarrierError } from '../errors.ts'
import { COLUMNS } from './rows.ts'
import type { Database } from './sqlite-engine.ts'

export interface Table {
  /** Of the store, for messages. */
  readonly where: string
  readonly name: string
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function tableExists(database: Database, { where, name }: Table): boolean {
  const [found] = database.prepare('SELECT type FROM sqlite_master WHERE name = ?').all([name])
  if (found && found['type'] !== 'table') {
    throw new CarrierError(where, `'${name}' is a ${found['type']}, not a table: choose another one with ?table=NAME`)
  }
  return found !== undefined
}

/** Makes the table, or checks that the one that is there has the columns. */
export function ensureTable(database: Database, table: Table): void {
  if (tableExists(database, table)) {
    checkColumns(database, table)
    return
  }
  // `value` has no type: each value keeps its own.
  database.exec(
    `CREATE TABLE ${quote(table.name)} ("timestamp" TEXT, "id" TEXT, "name" TEXT, "value", "extra" TEXT, "data" BLOB)`,
  )
}

export function checkColumns(database: Database, { where, name }: Table): void {
  const found = database
    .prepare(`PRAGMA table_info(${quote(name)})`)
    .all([])
    .map(column => String(column['name']))
  const missing = COLUMNS.filter(column => !found.includes(column))
  if (missing.length === 0) return
  throw new CarrierError(
    where,
    `the table '${name}' has no ${missing.join(', ')} (it has ${found.join(', ')}): ` +
      `expected ${COLUMNS.join(', ')}; choose another one with ?table=NAME`,
  )
}

export function isEmpty(database: Database, table: Table): boolean {
  return database.prepare(`SELECT 1 FROM ${quote(table.name)} LIMIT 1`).all([]).length === 0
}

/** Whether the database itself refuses an id that is there already. */
export function hasUniqueIds(database: Database, table: Table): boolean {
  const indexes = database.prepare(`PRAGMA index_list(${quote(table.name)})`).all([])
  return indexes.some(index => {
    if (Number(index['unique']) !== 1 || Number(index['partial']) === 1) return false
    const columns = database.prepare(`PRAGMA index_info(${quote(String(index['name']))})`).all([])
    return columns.length === 1 && columns[0]?.['name'] === 'id'
  })
}

/**
 * Makes the unique index of ids; of records with the same id the first stays. Returns how many were removed.
 * All or nothing: a crash in the middle leaves the table as it was.
 */
export function makeIdsUnique(database: Database, table: Table): number {
  const name = quote(table.name)
  // Sorting goes by pieces as large as the page cache: small ones that fit the processor's cache sort twice as fast.
  database.exec('PRAGMA cache_size = -2000; PRAGMA threads = 2; BEGIN IMMEDIATE')
  try {
    const create = `CREATE UNIQUE INDEX IF NOT EXISTS ${quote(`${table.name}_id`)} ON ${name} ("id")`
    let removed = 0
    try {
      database.exec(create)
    } catch (error) {
      if (!(error instanceof Error && /UNIQUE constraint failed/.test(error.message))) throw error
      removed = database
        .prepare(
          `DELETE FROM ${name} WHERE rowid IN (SELECT row FROM (SELECT rowid AS row, row_number() OVER ` +
            `(PARTITION BY "id" ORDER BY rowid) AS nth FROM ${name} WHERE "id" IS NOT NULL) WHERE nth > 1)`,
        )
        .run([])
      database.exec(create)
    }
    database.exec('COMMIT')
    return removed
  } catch (error) {
    rollBack(database)
    throw error
  }
}

/** After a failure: a full disk, for one, has ended the transaction already, and that error is the one to tell. */
export function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK')
  } catch {}
}
