// Which stored packets a reader wants: by time and by name.

import type { Batch, Packet } from '../packet.ts'
import type { ReadOptions } from './store.ts'

export type Selection = (batch: Batch) => Batch

/** A packet without a readable timestamp lies in no period; one without a name has no name that was asked for. */
export function selection({ since, until, names }: Pick<ReadOptions, 'since' | 'until' | 'names'>): Selection {
  if (since === undefined && until === undefined && names === undefined) return batch => batch
  const from = since ?? Number.NEGATIVE_INFINITY
  const to = until ?? Number.POSITIVE_INFINITY
  const wanted = names && new Set(names)
  const timed = since !== undefined || until !== undefined
  const selects = ({ meta }: Packet): boolean => {
    if (wanted) {
      const name = meta['name']
      if (typeof name !== 'string' || !wanted.has(name)) return false
    }
    if (!timed) return true
    const timestamp = meta['timestamp']
    const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
    return time >= from && time < to
  }
  return batch => batch.filter(selects)
}
