// The state of a broker for tables that have the same columns in each row, whatever it is a row of.

import type { Batch } from '../../packet.ts'
import { packet } from '../../packet.ts'
import { RATES } from './status-rates.ts'

const COLUMNS = [
  'kind',
  'client',
  'group',
  'consumer',
  'name',
  'patterns',
  'policy',
  'members',
  'received',
  'sent',
  'dropped',
  'pending',
  'waiting',
  'offset',
  'lag',
  'unacknowledged',
  'lost',
  ...RATES,
]

/** What has no column of its own stands in `extra`. */
export function inColumns(batch: Batch): Batch {
  return batch.map(({ meta }) => {
    const own = COLUMNS.map(column => [column, meta[column] ?? null] as const)
    const others = Object.entries(meta).filter(([name]) => !COLUMNS.includes(name))
    const extra = others.length > 0 ? Object.fromEntries(others) : null
    return packet({ ...Object.fromEntries(own), extra })
  })
}
