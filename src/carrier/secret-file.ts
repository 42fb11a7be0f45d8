// Files that hold a secret, and are for nobody but their owner.

import { readFileSync, statSync } from 'node:fs'
import { inWords } from './failure.ts'

/** The text of the file. */
export function readSecret(path: string, warn: (message: string) => void): string {
  warnOfReaders(path, warn)
  return inWords(path, () => readFileSync(path, 'utf8'))
}

/** Says so where others may read the file; of one that is not there whoever reads it says so. */
export function warnOfReaders(path: string, warn: (message: string) => void): void {
  const mode = inWords(path, () => statSync(path, { throwIfNoEntry: false })?.mode) ?? 0
  if ((mode & 0o077) !== 0) warn(`${path}: others than its owner may read it: chmod 600 ${path}`)
}
