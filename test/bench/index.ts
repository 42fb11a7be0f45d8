// Every bench.

import { csv } from './csv.ts'
import { firstRecord } from './first-record.ts'
import { frames } from './frames.ts'
import type { Bench } from './harness.ts'
import { memory } from './memory.ts'
import { passthrough } from './passthrough.ts'
import { pick } from './pick.ts'
import { postgres } from './postgres.ts'
import { sensors, sensorsLatency } from './sensors.ts'
import { sqlite, sqliteDurable } from './sqlite.ts'
import { startup } from './startup.ts'
import { where } from './where.ts'

export const benches: readonly Bench[] = [
  passthrough,
  where,
  pick,
  csv,
  sqlite,
  sqliteDurable,
  postgres,
  sensors,
  sensorsLatency,
  frames,
  startup,
  firstRecord,
  memory,
]
