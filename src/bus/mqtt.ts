// The bus that is an MQTT 5 broker, with QoS 1: a Mosquitto, for one.

import { UsageError } from '../errors.ts'
import type { Endpoint } from '../url.ts'
import type { BusContext } from './bus.ts'
import { engineBus } from './engine/bus.ts'
import type { Engine, Wanted } from './engine/engine.ts'
import { LOCATION_PARAMS, locationOf } from './engine/location.ts'
import { anyOverlap, tailOf } from './engine/pattern.ts'
import type { BusKind } from './index.ts'
import type { MqttPlace } from './mqtt/client.ts'
import { patternFault, topicFault } from './mqtt/filter.ts'
import { COME_BACK_MS, receiveMqtt } from './mqtt/receive.ts'
import { sendMqtt } from './mqtt/send.ts'

const PORT = 1883
const TLS_PORT = 8883

export const mqtt: BusKind = {
  schemes: ['mqtt'],
  summary: 'an MQTT 5 broker, with QoS 1: topics are its topics, with slashes for dots',
  example: 'mqtt://USER@HOST:PORT',
  params: [
    {
      name: 'durable',
      argument: 'NAME',
      summary: 'subscribe by a session of this name, which stays and collects when nobody reads it; with --window',
    },
    ...LOCATION_PARAMS,
  ],
  open: (endpoint, warn) => engineBus(engineOf(endpoint, warn)),
}

function engineOf(endpoint: Endpoint, warn: BusContext['warn']): Engine {
  const location = locationOf(endpoint, endpoint.params.has('tls') ? TLS_PORT : PORT, warn)
  const { name, wait } = location
  if (location.path !== undefined) throw new UsageError(`${name}: expected mqtt://USER@HOST:PORT`)
  const durable = endpoint.params.get('durable')
  if (durable === '') throw new UsageError(`${name}: durable: expected the name of a session`)
  const place: MqttPlace = { location, ...(durable !== undefined && { durable }) }
  return {
    name,
    wait,
    topicFault,
    check: wanted => check(place, wanted),
    canBlock: false,
    canWindow: true,
    tellsReturns: true,
    checkSending() {},
    keeps: ({ again }) => (durable !== undefined ? Number.POSITIVE_INFINITY : again ? COME_BACK_MS : 0),
    isAlone: ({ group }) => group === undefined,
    send: (sending, events) => sendMqtt(place, sending, events),
    receive: (wanted, events) => receiveMqtt(place, wanted, events),
  }
}

function check({ location, durable }: MqttPlace, { patterns, group, again }: Wanted): void {
  const { name } = location
  for (const pattern of patterns) {
    const fault = patternFault(pattern)
    if (fault !== undefined) throw new UsageError(`${name}: ${fault}`)
  }
  if (group !== undefined) {
    if (!/^[^/+#]+$/.test(group)) throw new UsageError(`${name}: group '${group}': MQTT has no /, + and # in it`)
    const tails = patterns.map(tailOf).filter(tail => tail !== undefined)
    if (anyOverlap(tails)) {
      throw new UsageError(`${name}: patterns of a group must not overlap here: the group would get a packet for each`)
    }
  }
  if (group !== undefined && again) {
    throw new UsageError(
      `${name}: a member of a group that leaves takes along what it has not acknowledged: no --window here`,
    )
  }
  if (durable !== undefined && !again) throw new UsageError(`${name}: durable: loses nothing: expected --window N`)
  if (durable !== undefined && group !== undefined) throw new UsageError(`${name}: durable: not with a group`)
}
