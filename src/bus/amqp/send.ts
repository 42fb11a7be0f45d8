// Publishing to a RabbitMQ: every message is confirmed.

import { MAGIC } from '../../codec/frame-header.ts'
import { asBuffer } from '../../codec/gather.ts'
import { CarrierError } from '../../errors.ts'
import type { EngineContext, Outgoing, OutgoingEvents, Sending } from '../engine/engine.ts'
import { type AmqpPlace, type Confirmed, openAmqp } from './client.ts'

export async function sendAmqp(
  place: AmqpPlace,
  { ttl, returns }: Sending,
  events: OutgoingEvents,
  context: EngineContext,
): Promise<Outgoing> {
  const { exchange, location } = place
  const link = await openAmqp(place, 'createConfirmChannel', events, context)
  const { channel } = link
  /** Tags count from 1, numbers from 0; a `multiple` is about all before it that have not been told yet. */
  let before = 0
  const range = ({ deliveryTag, multiple }: Confirmed) => {
    const from = multiple ? before : deliveryTag - 1
    if (multiple) before = deliveryTag
    return [from, deliveryTag] as const
  }
  channel.on('ack', confirmed => events.confirmed(...range(confirmed)))
  channel.on('nack', confirmed => {
    const [from, to] = range(confirmed)
    link.refuse(
      new CarrierError(location.name, `${to - from} packets refused: a queue is full, or the server had an error`),
    )
  })
  /** Numbers by marks, of what may come back. */
  const numbers = new Map<string, number>()
  if (returns) {
    channel.on('return', ({ properties }) => {
      const mark = String(properties.messageId)
      const number = numbers.get(mark)
      if (number !== undefined) events.returned(number)
    })
    channel.on('ack', ({ deliveryTag }) => forget(numbers, deliveryTag))
  }
  let sent = 0
  const common = { persistent: true, mandatory: returns, ...(ttl !== undefined && { expiration: String(ttl) }) }
  link.start()
  return {
    send(messages) {
      for (const { topic, payload, mark } of messages) {
        if (returns) numbers.set(mark, sent)
        sent++
        const contentType = payload[0] === MAGIC[0] ? 'application/octet-stream' : 'application/json'
        channel.publish(exchange, topic, asBuffer(payload), { ...common, contentType, messageId: mark })
      }
    },
    close: () => link.close(),
  }
}

/** What has been confirmed does not come back any more; the oldest are first. */
function forget(numbers: Map<string, number>, confirmed: number): void {
  for (const [mark, number] of numbers) {
    if (number >= confirmed) return
    numbers.delete(mark)
  }
}
