// Every bench.

import { broker } from './broker.ts'
import { csv } from './csv.ts'
import { dataflow } from './dataflow.ts'
import { fft } from './fft.ts'
import { firstRecord } from './first-record.ts'
import { frames } from './frames.ts'
import type { Bench } from './harness.ts'
import { http } from './http.ts'
import { journal } from './journal.ts'
import { memory } from './memory.ts'
import { passthrough } from './passthrough.ts'
import { pick } from './pick.ts'
import { postgres } from './postgres.ts'
import { routing } from './routing.ts'
import { sensors, sensorsLatency } from './sensors.ts'
import { spectrum } from './spectrum.ts'
import { sqlite, sqliteDurable } from './sqlite.ts'
import { startup } from './startup.ts'
import { vrt } from './vrt.ts'
import { where } from './where.ts'
import { zmqFanOut } from './zmq-fan-out.ts'
import { zmqLarge } from './zmq-large.ts'
import { zmqLatest } from './zmq-latest.ts'
import { zmqRoundTrip } from './zmq-round-trip.ts'
import { zmqSmall } from './zmq-small.ts'

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
  http,
  fft,
  spectrum,
  routing,
  broker,
  journal,
  dataflow,
  startup,
  firstRecord,
  memory,
  zmqLarge,
  zmqSmall,
  zmqLatest,
  zmqRoundTrip,
  zmqFanOut,
  vrt,
]
