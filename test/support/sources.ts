// What a process runs that a test starts: the sources, through their loader, or what the tests' runner compiled of them.

import { join } from 'node:path'
import { ROOT } from './cases.ts'

const compiled = process.env['DAQ_TEST_COMPILED']

/** Node's words before a module of the tree. */
export const LOADER: readonly string[] = compiled === undefined ? ['--import', 'tsx'] : []

/** The file to run, or to import, by its path in the tree. */
export function source(path: string): string {
  return compiled === undefined ? join(ROOT, path) : join(compiled, path.replace(/\.ts$/, '.js'))
}
