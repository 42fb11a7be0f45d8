// The table of a PostgreSQL store: made, or compared with what is expected.

import type { Client } from 'pg'
import { CarrierError, errorCode } from '../errors.ts'
import { POSTGRES_COLUMNS } from './postgres-rows.ts'

/** `schema.table` as SQL. */
export function quoteTable(name: string): string {
  return name
    .split('.')
    .map(part => `"${part.replaceAll('"', '""')}"`)
    .join('.')
}

/** `position` is the order of insertion: what readers go by. */
export async function ensureTable(client: Client, where: string, table: string): Promise<void> {
  const columns = POSTGRES_COLUMNS.map(({ name, type }) => `"${name}" ${type}${name === 'id' ? ' UNIQUE' : ''}`)
  if ((await client.query('SELECT to_regclass($1) AS found', [quoteTable(table)])).rows[0]?.found === null) {
    try {
      await client.query(
        `CREATE TABLE ${quoteTable(table)} ("position" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${columns.join(', ')})`,
      )
    } catch (error) {
      // Somebody else made it in the meantime.
      if (!['42P07', '23505'].includes(errorCode(error) ?? '')) throw error
    }
  }
  await checkTable(client, where, table)
}

export async function checkTable(client: Client, where: string, table: string): Promise<void> {
  const choose = 'choose another table with ?table=NAME'
  const found = await columnsOf(client, where, table)
  const wrong = [...POSTGRES_COLUMNS, { name: 'position', type: 'bigint', oid: 20 }].filter(
    ({ name, oid }) => found.get(name) !== oid,
  )
  if (wrong.length > 0) {
    const list = wrong.map(({ name, type }) => `${name} ${type}${found.has(name) ? ' (it has another type)' : ''}`)
    throw new CarrierError(where, `the table '${table}' lacks the columns ${list.join(', ')}: ${choose}`)
  }
  const unique = await client.query(
    `SELECT 1 FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
     WHERE indrelid = to_regclass($1) AND indisunique AND indnkeyatts = 1 AND indpred IS NULL AND attname = 'id'`,
    [quoteTable(table)],
  )
  if (unique.rowCount === 0) {
    throw new CarrierError(where, `the table '${table}' has no unique index on id: make one, or ${choose}`)
  }
}

async function columnsOf(client: Client, where: string, table: string): Promise<ReadonlyMap<string, number>> {
  try {
    const { fields } = await client.query(`SELECT * FROM ${quoteTable(table)} LIMIT 0`)
    return new Map(fields.map(({ name, dataTypeID }) => [name, dataTypeID]))
  } catch (error) {
    if (errorCode(error) !== '42P01') throw error
    throw new CarrierError(where, `there is no table '${table}'`, { cause: error })
  }
}
