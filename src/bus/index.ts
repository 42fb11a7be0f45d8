// The buses by their URLs.

import { UsageError } from '../errors.ts'
import { checkParams, type Endpoint, parseEndpoint, withoutSecrets } from '../url.ts'
import { amqp } from './amqp.ts'
import type { Bus, BusContext } from './bus.ts'
import { embedded } from './embedded.ts'
import { mqtt } from './mqtt.ts'
import { nats } from './nats.ts'

/** A kind of bus: a row of the manual. */
export interface BusKind {
  readonly schemes: readonly string[]
  readonly summary: string
  readonly example: string
  readonly params: readonly { readonly name: string; readonly argument?: string; readonly summary: string }[]
  readonly open: (endpoint: Endpoint, warn: BusContext['warn']) => Bus
}

export const BUSES: readonly BusKind[] = [embedded, amqp, nats, mqtt]

/** Connects nowhere yet. `warn` is told of secrets that others may read. */
export function busFor(url: string, warn: BusContext['warn'] = () => {}): Bus {
  const endpoint = parseEndpoint(url)
  const kind = BUSES.find(({ schemes }) => schemes.includes(endpoint.scheme))
  if (!kind) {
    const known = BUSES.map(({ example }) => example).join(', ')
    throw new UsageError(`${withoutSecrets(url)}: no bus of the scheme '${endpoint.scheme}:' (known: ${known})`)
  }
  checkParams(
    endpoint,
    kind.params.map(({ name }) => name),
  )
  return kind.open(endpoint, warn)
}
