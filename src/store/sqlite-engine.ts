// The SQLite library: Node's own where it is whole, else better-sqlite3 where it is installed, else what Node has from 22.13 on.

import { CarrierError } from '../errors.ts'
import { withoutWarnings } from '../without-warnings.ts'

export type Cell = null | number | bigint | string | Uint8Array

export interface Statement {
  /** Returns how many rows it changed. */
  run(cells: readonly Cell[]): number
  /** Integers are bigints. */
  all(cells: readonly Cell[]): readonly Readonly<Record<string, Cell>>[]
}

/** An open database. Everything in it is synchronous and throws the library's errors: see `sqliteReason`. */
export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export interface OpenOptions {
  readonly readOnly?: boolean
}

export interface Engine {
  readonly name: string
  /** Whether text is read to its first NUL only. */
  readonly cutsAtNul: boolean
  open(path: string, options?: OpenOptions): Database
}

/**
 * Node's own goes first where it can: a better-sqlite3 before its version 13 that was compiled for Node 24.19 or later
 * aborts the process when a database or a statement is collected outside of any call, and version 13 leaves out Node 20.
 */
const ENGINES: readonly (() => Promise<Engine>)[] = [wholeNodeSqlite, betterSqlite3, nodeSqlite]

/** The first library that loads. */
export async function loadEngine(where: string, engines = ENGINES): Promise<Engine> {
  const causes: unknown[] = []
  for (const load of engines) {
    try {
      return await load()
    } catch (error) {
      causes.push(error)
    }
  }
  throw new CarrierError(
    where,
    'SQLite is not there: install it with `npm install better-sqlite3`, or use Node 22.13 or later, which has it inside',
    { cause: new AggregateError(causes) },
  )
}

export async function betterSqlite3(): Promise<Engine> {
  const { default: Library } = await import('better-sqlite3')
  // The native part is loaded with the first database only.
  new Library(':memory:').close()
  return {
    name: 'better-sqlite3',
    cutsAtNul: false,
    open(path, { readOnly = false } = {}) {
      const database = new Library(path, { readonly: readOnly, fileMustExist: readOnly })
      return {
        exec: sql => database.exec(sql),
        prepare(sql) {
          const statement = database.prepare<unknown[], Readonly<Record<string, Cell>>>(sql)
          if (statement.reader) statement.safeIntegers(true)
          return {
            run: cells => statement.run(cells).changes,
            all: cells => statement.all(cells),
          }
        },
        close: () => database.close(),
      }
    },
  }
}

/** What is used of `node:sqlite`. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean },
  ) => {
    exec(sql: string): void
    prepare(sql: string): {
      run(...cells: readonly Cell[]): { readonly changes: number | bigint }
      all(...cells: readonly Cell[]): readonly Readonly<Record<string, Cell>>[]
      setReadBigInts(enabled: boolean): void
    }
    close(): void
  }
}

async function wholeNodeSqlite(): Promise<Engine> {
  const engine = await nodeSqlite()
  if (engine.cutsAtNul) throw new Error(`node:sqlite of Node ${process.version} cuts text`)
  return engine
}

export async function nodeSqlite(): Promise<Engine> {
  const { DatabaseSync } = loadNodeSqlite()
  return {
    name: 'node:sqlite',
    cutsAtNul: doesCutAtNul(DatabaseSync),
    open(path, { readOnly = false } = {}) {
      const database = new DatabaseSync(path, { readOnly })
      return {
        exec: sql => database.exec(sql),
        prepare(sql) {
          const statement = database.prepare(sql)
          statement.setReadBigInts(true)
          return {
            run: cells => Number(statement.run(...cells).changes),
            all: cells => statement.all(...cells),
          }
        },
        close: () => database.close(),
      }
    },
  }
}

/** Node 22 and the first of 24 warn of it. */
function loadNodeSqlite(): NodeSqlite {
  const module = withoutWarnings(() => process.getBuiltinModule('node:sqlite'))
  if (!isNodeSqlite(module)) throw new Error(`Node ${process.version} has no node:sqlite`)
  return module
}

function isNodeSqlite(module: object | undefined): module is NodeSqlite {
  return module !== undefined && 'DatabaseSync' in module
}

/** Node 22 and the first of 24 do. */
function doesCutAtNul(DatabaseSync: NodeSqlite['DatabaseSync']): boolean {
  const database = new DatabaseSync(':memory:', { readOnly: false })
  try {
    return database.prepare('SELECT char(97, 0, 97) AS text').all()[0]?.['text'] !== 'a\0a'
  } finally {
    database.close()
  }
}

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html): their names and what they mean here. */
const REASONS: readonly (readonly [code: number, name: string, reason: string])[] = [
  [5, 'SQLITE_BUSY', 'the database is locked: another process writes to it and did not end in time'],
  [8, 'SQLITE_READONLY', 'the database cannot be written: permission denied'],
  [11, 'SQLITE_CORRUPT', 'the database is damaged'],
  [13, 'SQLITE_FULL', 'no space left on device'],
  [14, 'SQLITE_CANTOPEN', 'cannot be opened: no such file or folder, or permission denied'],
  [26, 'SQLITE_NOTADB', 'the file is there, but it is no SQLite database: left alone'],
]

/** An error of either library in words. */
export function sqliteReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const name = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : -1
  const known = REASONS.find(reason => reason[0] === code || name.startsWith(reason[1]))
  // better-sqlite3 looks for the folder itself.
  if (!known && /directory does not exist/.test(error.message)) return 'no such folder'
  return known?.[2] ?? error.message
}
