// Publishing by MQTT, QoS 1: every message is acknowledged by the broker.

import { randomUUID } from 'node:crypto'
import { MAGIC } from '../../codec/frame-header.ts'
import { asBuffer } from '../../codec/gather.ts'
import { CarrierError, systemReason } from '../../errors.ts'
import type { Message, Outgoing, OutgoingEvents, Sending } from '../engine/engine.ts'
import { type MqttPlace, openMqtt } from './client.ts'
import { mqttTopic } from './filter.ts'

/** Of the protocol, where the broker does not say less. */
const MOST_UNDERWAY = 65_535
/** Bytes around a payload and its topic, at most. */
const AROUND = 128

/** The reason code of an acknowledgement when nobody has subscribed. */
const NOBODY = 16

export const MARK = 'daq-mark'

export async function sendMqtt(
  place: MqttPlace,
  { retain, ttl, returns }: Sending,
  events: OutgoingEvents,
): Promise<Outgoing> {
  const session = { clientId: `daqutils-${randomUUID()}`, stays: 0, window: MOST_UNDERWAY }
  const link = await openMqtt(place, session, events)
  const { client, properties } = link
  const { receiveMaximum = MOST_UNDERWAY, maximumPacketSize = Number.POSITIVE_INFINITY } = properties
  const { name } = place.location
  /** What the broker does not take yet. */
  let waiting: Message[] = []
  let next = 0
  let underway = 0
  let sent = 0
  /** Numbers by identifiers, of what may come back. */
  const numbers = new Map<number, number>()
  if (returns) {
    client.on('packetreceive', ({ cmd, reasonCode, messageId }) => {
      const number = cmd === 'puback' && messageId !== undefined ? numbers.get(messageId) : undefined
      if (number !== undefined && reasonCode === NOBODY) events.returned(number)
    })
  }
  const common = ttl === undefined ? {} : { messageExpiryInterval: Math.max(1, Math.ceil(ttl / 1000)) }

  function publish({ topic, payload, mark }: Message): void {
    const number = sent++
    underway++
    const contentType = payload[0] === MAGIC[0] ? 'application/octet-stream' : 'application/json'
    const properties = { contentType, userProperties: { [MARK]: mark }, ...common }
    const options = { qos: 1, retain, properties } as const
    client.publish(mqttTopic(topic), asBuffer(payload), options, error => {
      // An error of a broken connection comes for all that was under way: what matters is told elsewhere.
      if (error && !client.connected) return
      if (error) {
        link.refuse(new CarrierError(name, `a packet was refused: ${systemReason(error)}`, { cause: error }))
        return
      }
      underway--
      events.confirmed(number, number + 1)
      fill()
    })
    if (returns) numbers.set(client.getLastMessageId(), number)
  }
  function fill(): void {
    while (underway < receiveMaximum) {
      const message = waiting[next]
      if (!message) break
      next++
      publish(message)
    }
    if (next === waiting.length) {
      waiting = []
      next = 0
    }
  }
  return {
    send(messages) {
      for (const { payload, topic } of messages) {
        const length = payload.length + Buffer.byteLength(topic) + AROUND
        if (length <= maximumPacketSize) continue
        const reason = `a packet of ${payload.length} bytes: the broker takes at most ${maximumPacketSize}`
        link.refuse(new CarrierError(name, reason))
        return
      }
      waiting = waiting.length === 0 ? [...messages] : waiting.concat(messages)
      fill()
    },
    close: () => link.close(),
  }
}
