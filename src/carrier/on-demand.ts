// `?on-demand`: inputs that are connected only while the outputs want what they give.

import { UsageError } from '../errors.ts'
import { HOLD_MS } from '../stream/demand.ts'
import { type Endpoint, flagParam, withoutSecrets } from '../url.ts'
import type { Carrier, CarrierParam } from './carrier.ts'

export const ON_DEMAND_PARAM: CarrierParam = {
  name: 'on-demand',
  summary:
    'input: connect only while somebody takes what the command gives: a file and a terminal always do, an output that ' +
    `listens does while it has readers; ${HOLD_MS} ms after the last has left, the connection is closed`,
}

export function isOnDemand(endpoint: Endpoint): boolean {
  if (!flagParam(endpoint, ON_DEMAND_PARAM.name)) return false
  if (!endpoint.params.has('listen')) return true
  throw new UsageError(
    `${withoutSecrets(endpoint.text)}: on-demand is for an input that connects, not for one that listens`,
  )
}

/** Throws a UsageError where the carrier could not connect a second time; names those that can. */
export function checkOnDemand({ text, params }: Endpoint, carrier: Carrier, all: readonly Carrier[]): void {
  if (!params.has(ON_DEMAND_PARAM.name) || takesDemand(carrier)) return
  const known = all.filter(takesDemand).map(({ scheme }) => `${scheme}:`)
  throw new UsageError(`${withoutSecrets(text)}: cannot be left and come back to: on-demand is for ${known.join(', ')}`)
}

const takesDemand = ({ params }: Carrier) => params.includes(ON_DEMAND_PARAM)
