// The `columns` parameter of stores that have columns.

import { UsageError } from '../errors.ts'
import type { Endpoint } from '../url.ts'

/** `?columns=timestamp,name,value` → the names, in order; nothing where it is not given. */
export function columnsParam(endpoint: Endpoint): readonly string[] | undefined {
  const text = endpoint.params.get('columns')
  if (text === undefined) return undefined
  const columns = text.split(',').map(column => column.trim())
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined && twice !== '')
    throw new UsageError(`${endpoint.text}: the column '${twice}' is there twice`)
  if (columns.includes('')) throw new UsageError(`${endpoint.text}: expected for example columns=timestamp,name,value`)
  return columns
}
