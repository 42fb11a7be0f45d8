// A file that is there whole or not at all.

import { closeSync, openSync, renameSync, unlinkSync, writevSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { carrierError } from '../carrier/failure.ts'

/** Writes the bytes under another name, which becomes `path` when all are there: a reader sees the old file or the new. */
export function writeWholeFile(path: string, chunks: readonly Uint8Array[]): void {
  const temporary = join(dirname(path), `.${basename(path)}.partial-${Math.random().toString(36).slice(2, 10)}`)
  try {
    const descriptor = openSync(temporary, 'wx')
    try {
      writeAll(descriptor, chunks)
    } finally {
      closeSync(descriptor)
    }
    renameSync(temporary, path)
  } catch (error) {
    discard(temporary)
    throw carrierError(path, error)
  }
}

/** The system may take less than it is given. */
function writeAll(descriptor: number, chunks: readonly Uint8Array[]): void {
  let rest = chunks.filter(({ length }) => length > 0)
  while (rest.length > 0) {
    let written = writevSync(descriptor, rest)
    const left: Uint8Array[] = []
    for (const chunk of rest) {
      if (written < chunk.length) left.push(written === 0 ? chunk : chunk.subarray(written))
      written = Math.max(0, written - chunk.length)
    }
    rest = left
  }
}

function discard(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was never made.
  }
}
