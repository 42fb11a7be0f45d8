// Whether SQLite is there: tests that need it are skipped on a machine where neither of its engines loads.

import { loadEngine } from '../../src/store/sqlite-engine.ts'

const engine = await loadEngine('sqlite:').catch(() => undefined)

/** For the `skip` of a test: false, or the reason. */
export const noSqlite: false | string = engine ? false : 'neither better-sqlite3 nor node:sqlite is there'
