// Subscribing by MQTT, QoS 1. Acknowledgements are sent when packets have been dealt with, many at a time.

import { CarrierError, systemReason } from '../../errors.ts'
import { covers, wordsOf } from '../../topic/address.ts'
import type { Delivery, Incoming, IncomingEvents, Wanted } from '../engine/engine.ts'
import { Unreachable } from '../engine/patience.ts'
import { anyOverlap, tailOf } from '../engine/pattern.ts'
import { type MqttClient, type MqttLink, type MqttPacket, type MqttPlace, openMqtt } from './client.ts'
import { filterOf, topicOf } from './filter.ts'
import { MARK } from './send.ts'

/** So long the broker keeps the session of a subscriber that will come back. */
export const COME_BACK_MS = 60_000
/** Of the protocol. */
const MOST_UNDERWAY = 65_535
/** Without acknowledgements by the reader, so many may be on their way. */
const UNDERWAY = 8192

export async function receiveMqtt(place: MqttPlace, wanted: Wanted, events: IncomingEvents): Promise<Incoming> {
  const { window = UNDERWAY, patterns, again, id } = wanted
  const { durable } = place
  const isAcknowledged = wanted.window !== undefined
  const isFirst = firstOf(patterns)
  /** Message identifiers in the order of the messages; none for those that want no acknowledgement. */
  let unacknowledged: (number | undefined)[] = []
  const session = {
    clientId: durable ?? `daqutils-${id}`,
    stays: durable !== undefined ? Number.POSITIVE_INFINITY : again ? COME_BACK_MS : 0,
    window: Math.min(window, MOST_UNDERWAY),
    onMessage(client: MqttClient, packet: MqttPacket) {
      const messageId = packet.qos === 0 ? undefined : packet.messageId
      if (isAcknowledged) unacknowledged.push(messageId)
      else if (messageId !== undefined) acknowledgementsOf(client).add(messageId)
      const delivery = deliveryOf(packet)
      if (isFirst(packet, delivery.topic)) events.came(delivery)
      else events.passed()
    },
  }
  const link = await openMqtt(place, session, events)
  await subscribeAll(place, wanted, link)
  const acknowledgements = acknowledgementsOf(link.client)
  return {
    acknowledge(deliveries) {
      for (const messageId of unacknowledged.slice(0, deliveries)) {
        if (messageId !== undefined) acknowledgements.add(messageId)
      }
      unacknowledged = unacknowledged.slice(deliveries)
    },
    async close() {
      acknowledgements.flush()
      await link.close({ forget: durable === undefined })
    },
  }
}

function deliveryOf({ topic, payload, dup, retain, properties }: MqttPacket): Delivery {
  const ours = topicOf(topic)
  const mark = properties?.userProperties?.[MARK]
  return {
    topic: ours ?? topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    again: dup,
    // What was retained says nothing about what came in between.
    ...(typeof mark === 'string' && !retain && { mark }),
    ...(ours === undefined && {
      fault: `'${topic}': a dot in a level of MQTT's would be taken for a border between words`,
    }),
  }
}

/** Of the copies that come because several patterns match, the one because of the first of them. */
function firstOf(patterns: readonly string[]): (packet: MqttPacket, topic: string) => boolean {
  const words = patterns.map(wordsOf)
  return ({ properties, topic: name }, topic) => {
    // Nothing stands for a topic that is none here: it is told of.
    if (name.includes('.')) return true
    const first = words.findIndex(pattern => covers(pattern, wordsOf(topic)))
    const because = properties?.subscriptionIdentifier
    if (because === undefined) return first >= 0
    return typeof because === 'number' ? because === first + 1 : because.includes(first + 1)
  }
}

async function subscribeAll(
  { location }: MqttPlace,
  { patterns, group, retained }: Wanted,
  link: MqttLink,
): Promise<void> {
  const { name } = location
  const { client, properties } = link
  const { subscriptionIdentifiersAvailable: numbered = true, sharedSubscriptionAvailable: shared = true } = properties
  try {
    if (group !== undefined && !shared)
      throw new CarrierError(name, 'the broker has no shared subscriptions: no groups')
    if (!numbered && anyOverlap(patterns.map(tailOf).filter(tail => tail !== undefined))) {
      throw new CarrierError(name, 'the broker has no subscription identifiers: patterns must not overlap')
    }
    const filters = patterns.map(pattern => filterOf(pattern, group))
    await Promise.all(
      filters.map((filter, index) => {
        const isRepeated = filters.indexOf(filter) < index
        return isRepeated ? undefined : subscribe(client, filter, { retained, ...(numbered && { number: index + 1 }) })
      }),
    )
  } catch (error) {
    const reason = systemReason(error)
    const isBroken = reason === 'Connection closed'
    // The client itself learns of it only after it has told.
    if (isBroken) client.stream.destroy()
    await link.close()
    if (error instanceof CarrierError) throw error
    if (isBroken) throw new Unreachable('the broker hung up', { cause: error })
    throw new CarrierError(name, reason, { cause: error })
  }
}

interface Subscribing {
  readonly retained: boolean
  /** Of the pattern, counted from 1: comes with what comes because of it. */
  readonly number?: number
}

function subscribe(client: MqttClient, filter: string, { retained, number }: Subscribing): Promise<void> {
  const properties = number === undefined ? {} : { properties: { subscriptionIdentifier: number } }
  return new Promise((resolve, reject) => {
    client.subscribe(filter, { qos: 1, rh: retained ? 1 : 2, ...properties }, error => {
      if (error) reject(error)
      else resolve()
    })
  })
}

/** PUBACKs, collected until there are no more for now: a write of its own for each would cost more than all else. */
class Acknowledgements {
  readonly #client: MqttClient
  #ids: number[] = []

  constructor(client: MqttClient) {
    this.#client = client
  }

  add(id: number): void {
    if (this.#ids.push(id) === 1) setImmediate(() => this.flush())
  }

  flush(): void {
    const ids = this.#ids
    this.#ids = []
    if (ids.length === 0 || !this.#client.connected) return
    const bytes = Buffer.allocUnsafe(ids.length * PUBACK_BYTES)
    for (const [index, id] of ids.entries()) {
      bytes.writeUInt16BE(PUBACK, index * PUBACK_BYTES)
      bytes.writeUInt16BE(id, index * PUBACK_BYTES + 2)
    }
    this.#client.stream.write(bytes)
  }
}

/** MQTT 5, 3.4: the packet's type, and the length of what follows: the identifier alone means success. */
const PUBACK = 0x4002
const PUBACK_BYTES = 4

const ACKNOWLEDGEMENTS = new WeakMap<MqttClient, Acknowledgements>()

function acknowledgementsOf(client: MqttClient): Acknowledgements {
  const known = ACKNOWLEDGEMENTS.get(client) ?? new Acknowledgements(client)
  ACKNOWLEDGEMENTS.set(client, known)
  return known
}
