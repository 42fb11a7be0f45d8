// The bus that is a RabbitMQ: a topic exchange, publisher confirms, manual acknowledgements.

import { UsageError } from '../errors.ts'
import { addressFault } from '../topic/address.ts'
import type { Endpoint } from '../url.ts'
import type { AmqpPlace } from './amqp/client.ts'
import { GROUP_MS, receiveAmqp } from './amqp/receive.ts'
import { sendAmqp } from './amqp/send.ts'
import type { BusContext } from './bus.ts'
import { engineBus } from './engine/bus.ts'
import type { Engine, Wanted } from './engine/engine.ts'
import { LOCATION_PARAMS, locationOf } from './engine/location.ts'
import type { BusKind } from './index.ts'

const EXCHANGE = 'amq.topic'
const PORT = 5672
const TLS_PORT = 5671

export const amqp: BusKind = {
  schemes: ['amqp'],
  summary: 'a RabbitMQ: topics are routing keys of a topic exchange',
  example: 'amqp://USER@HOST:PORT/VHOST',
  params: [
    {
      name: 'exchange',
      argument: 'NAME',
      summary: `the topic exchange (default ${EXCHANGE}, which is always there), made where it is not there`,
    },
    {
      name: 'durable',
      argument: 'NAME',
      summary: 'subscribe by a queue of this name, which stays and collects when nobody reads it; with --window',
    },
    ...LOCATION_PARAMS,
  ],
  open: (endpoint, warn) => engineBus(engineOf(endpoint, warn)),
}

function engineOf(endpoint: Endpoint, warn: BusContext['warn']): Engine {
  const location = locationOf(endpoint, endpoint.params.has('tls') ? TLS_PORT : PORT, warn)
  const { name, wait } = location
  const durable = endpoint.params.get('durable')
  const exchange = endpoint.params.get('exchange') ?? EXCHANGE
  if (durable === '') throw new UsageError(`${name}: durable: expected the name of a queue`)
  const place: AmqpPlace = { location, exchange, ...(durable !== undefined && { durable }) }
  return {
    name,
    wait,
    canBlock: true,
    canWindow: true,
    tellsReturns: true,
    topicFault: addressFault,
    checkSending({ retain }) {
      if (retain)
        throw new UsageError(`${name}: RabbitMQ keeps no last packet of a topic: --retain is not for this bus`)
    },
    check: wanted => check(place, wanted),
    keeps: ({ again }) => (durable !== undefined ? Number.POSITIVE_INFINITY : again ? GROUP_MS : 0),
    isAlone: ({ group }) => group === undefined && durable === undefined,
    send: (sending, events, context) => sendAmqp(place, sending, events, context),
    receive: (wanted, events, context) => receiveAmqp(place, wanted, events, context),
  }
}

function check({ location, durable }: AmqpPlace, { patterns, group, again }: Wanted): void {
  const { name } = location
  for (const pattern of patterns) {
    const fault = addressFault(pattern)
    if (fault !== undefined) throw new UsageError(`${name}: ${fault}`)
  }
  if (durable === undefined) return
  if (group !== undefined) throw new UsageError(`${name}: durable: who names the same queue shares it: give no group`)
  if (!again) throw new UsageError(`${name}: durable: loses nothing: expected --window N`)
}
