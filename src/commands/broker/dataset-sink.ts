// Packets into a dataset that is published.

import type { DatasetPublisher } from '../../bus/dataset-publisher.ts'
import { type RowChange, RowInput } from '../../bus/row-input.ts'
import { RowSet } from '../../bus/row-set.ts'
import type { Sink } from '../../stream/step.ts'
import type { Prepush } from './prepush.ts'

export interface DatasetSinkOptions {
  /** Fields that tell which row a packet is. */
  readonly key: readonly string[]
  readonly prepush: Prepush | undefined
  /** Resolves when the dataset need not be there any more. */
  readonly stay: () => Promise<void>
}

export function datasetSink(publisher: DatasetPublisher, { key, prepush, stay }: DatasetSinkOptions): Sink {
  const input = new RowInput(key)
  const raw = new RowSet()

  async function apply(change: RowChange): Promise<void> {
    if (prepush) {
      raw.apply(change)
      const groomed = await prepush(raw.rows)
      if (groomed) await publisher.publish(groomed)
    } else if ('rows' in change) await publisher.publish(change.rows)
    else await publisher.change(change.inserts, change.deletes)
  }
  return {
    async write(batch) {
      for (const change of input.push(batch)) await apply(change)
    },
    async close() {
      await stay()
      await publisher.close()
    },
    abort: () => publisher.close(),
  }
}
