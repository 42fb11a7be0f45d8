// The carriers, in the order in which help and manual name them.

import { UsageError } from '../errors.ts'
import { checkParams, type Endpoint, withoutSecrets } from '../url.ts'
import { bus } from './bus.ts'
import type { Carrier } from './carrier.ts'
import { fifo } from './fifo.ts'
import { file } from './file.ts'
import { http, https } from './http.ts'
import { nothing } from './null.ts'
import { checkOnDemand } from './on-demand.ts'
import { isSigmfPath, sigmf } from './sigmf.ts'
import { stdio } from './stdio.ts'
import { tcp } from './tcp.ts'
import { unix } from './unix.ts'
import { ZMQ_CARRIERS } from './zmq/carriers.ts'

export const CARRIERS: readonly Carrier[] = [
  stdio,
  file,
  fifo,
  tcp,
  unix,
  http,
  https,
  ...ZMQ_CARRIERS,
  sigmf,
  bus,
  nothing,
]

/** The carrier of an endpoint, whose parameters are all known to it. */
export function carrierFor(endpoint: Endpoint): Carrier {
  const carrier = isSigmfPath(endpoint) ? sigmf : CARRIERS.find(({ scheme }) => scheme === endpoint.scheme)
  if (!carrier) {
    const known = CARRIERS.map(({ example }) => example).join(', ')
    throw new UsageError(`${withoutSecrets(endpoint.text)}: unknown scheme '${endpoint.scheme}:' (known: ${known})`)
  }
  checkOnDemand(endpoint, carrier, CARRIERS)
  checkParams(
    endpoint,
    carrier.params.map(({ name }) => name),
  )
  return carrier
}
