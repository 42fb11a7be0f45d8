// Rows that are what they are, before they are groomed: a set, as the dataset itself keeps one.

import type { Json } from '../packet.ts'
import { rowKey } from '../topic/row.ts'
import type { RowChange } from './row-input.ts'

export class RowSet {
  #rows = new Map<string, Json>()

  get rows(): readonly Json[] {
    return [...this.#rows.values()]
  }

  apply(change: RowChange): void {
    if ('rows' in change) {
      this.#rows = new Map(change.rows.map(row => [rowKey(row), row]))
      return
    }
    for (const row of change.inserts) this.#rows.set(rowKey(row), row)
    for (const row of change.deletes) this.#rows.delete(rowKey(row))
  }
}
