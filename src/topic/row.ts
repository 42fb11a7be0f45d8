// A row of a dataset, which is a JSON value: the same as another when it says the same.

import type { Json } from '../packet.ts'

/** One text for each value: names in order of their UTF-16 code units, no spaces, numbers as JSON.stringify writes them. */
export function rowKey(row: Json): string {
  if (row === null || typeof row !== 'object') return JSON.stringify(row)
  if (isArray(row)) return `[${row.map(rowKey).join(',')}]`
  const members = Object.keys(row).sort()
  return `{${members.map(name => `${JSON.stringify(name)}:${rowKey(row[name] ?? null)}`).join(',')}}`
}

/** `Array.isArray`, for arrays that must not be changed. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
