// What a scan of fields found, and what JSON.parse finds, in the same form: the oracle of every scan.

import type { Line } from '../../src/codec/line.ts'
import { lineOf } from './json-lines.ts'

export interface Scan {
  scan(line: Line): boolean
  /** Where the value of each key begins and ends; below 0 where there is none. */
  readonly starts: ArrayLike<number>
  readonly ends: ArrayLike<number>
}

/** What the scan says of `keys`, as JSON.parse would say it; nothing where it gives up. */
export function scanned(scan: Scan, json: string, keys: readonly string[]): Record<string, unknown> | undefined {
  const line = lineOf(json)
  if (!scan.scan(line)) return undefined
  const found = Object.create(null)
  for (const [index, key] of keys.entries()) {
    const start = scan.starts[index] ?? -1
    if (start >= 0) found[key] = JSON.parse(line.buffer.toString('utf8', start, scan.ends[index]))
  }
  return found
}

export function parsed(json: string, keys: readonly string[]): Record<string, unknown> {
  const object = JSON.parse(json)
  const found = Object.create(null)
  for (const key of keys) if (Object.hasOwn(object, key)) found[key] = object[key]
  return found
}
