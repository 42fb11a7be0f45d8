// Packets as the rows of a dataset: whole states, changes, or rows that take the place of others with the same key.

import { type Batch, isObject, type Json, type JsonObject, type Meta } from '../packet.ts'
import { rowKey } from '../topic/row.ts'

/** What a batch makes of the rows: others, or some come and some go. */
export type RowChange =
  | { readonly rows: readonly Json[] }
  | { readonly inserts: readonly Json[]; readonly deletes: readonly Json[] }

export class RowInput {
  readonly #key: readonly string[]
  /** With a key: the row of each. */
  readonly #rows = new Map<string, JsonObject>()

  /** `key`: fields that tell which row it is; with none, each packet is a row of its own. */
  constructor(key: readonly string[]) {
    this.#key = key
  }

  /** In order. A packet with `rows` is a whole state, one with `insert` or `delete` lists a change, any other is a row. */
  push(batch: Batch): readonly RowChange[] {
    const changes: RowChange[] = []
    let inserts: Json[] = []
    let deletes: Json[] = []
    const flush = () => {
      if (inserts.length > 0 || deletes.length > 0) changes.push({ inserts, deletes })
      inserts = []
      deletes = []
    }
    for (const { meta } of batch) {
      const { rows, insert, delete: gone } = meta
      if (isList(rows)) {
        flush()
        changes.push({ rows: this.#key.length > 0 ? this.#replaced(rows) : rows })
      } else if (isList(insert) || isList(gone)) {
        flush()
        changes.push({ inserts: isList(insert) ? insert : [], deletes: isList(gone) ? gone : [] })
      } else if (this.#key.length === 0) inserts.push(meta)
      else this.#upsert(meta, inserts, deletes)
    }
    flush()
    return changes
  }

  /** One whose field `delete` is true takes its row away. */
  #upsert(meta: Meta, inserts: Json[], deletes: Json[]): void {
    const key = this.#keyOf(meta)
    const before = this.#rows.get(key)
    const isGone = meta['delete'] === true
    if (before && (isGone || rowKey(before) !== rowKey(meta))) {
      // What came and goes in one batch need not be told.
      const at = inserts.indexOf(before)
      if (at >= 0) inserts.splice(at, 1)
      else deletes.push(before)
    }
    if (isGone) this.#rows.delete(key)
    else if (!before || rowKey(before) !== rowKey(meta)) {
      this.#rows.set(key, meta)
      inserts.push(meta)
    }
  }

  #replaced(rows: readonly Json[]): readonly Json[] {
    this.#rows.clear()
    for (const row of rows) if (isObject(row)) this.#rows.set(this.#keyOf(row), row)
    return [...this.#rows.values()]
  }

  #keyOf(row: JsonObject): string {
    return rowKey(this.#key.map(name => row[name] ?? null))
  }
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
