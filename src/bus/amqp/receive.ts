// Subscribing at a RabbitMQ: a queue of one's own, one that a group shares, or one that stays.

import { CarrierError } from '../../errors.ts'
import type { EngineContext, Incoming, IncomingEvents, Wanted } from '../engine/engine.ts'
import { Unreachable } from '../engine/patience.ts'
import { type AmqpLink, type AmqpMessage, type AmqpPlace, channelError, openAmqp, type QueueOptions } from './client.ts'

/** So long a queue stays that nobody reads from: that of a group, and of a subscriber that will come back. */
export const GROUP_MS = 60_000

/** RESOURCE_LOCKED: the queue belongs to another connection. */
const LOCKED = 405

export async function receiveAmqp(
  place: AmqpPlace,
  wanted: Wanted,
  events: IncomingEvents,
  context: EngineContext,
): Promise<Incoming> {
  const { window } = wanted
  const link = await openAmqp(place, 'createChannel', events, context)
  const { channel } = link
  /** In their order. */
  let unacknowledged: AmqpMessage[] = []
  const take = (message: AmqpMessage | null) => {
    if (!message) return link.lose('the queue was deleted')
    const { content, fields, properties } = message
    const { messageId } = properties
    if (window !== undefined) unacknowledged.push(message)
    events.came({
      topic: fields.routingKey,
      payload: content,
      again: fields.redelivered,
      ...(typeof messageId === 'string' && { mark: messageId }),
    })
  }
  const queue = await openQueue(link, place, wanted, take).catch(async (error: unknown) => {
    await link.close()
    throw queueError(error, place, wanted, context)
  })
  link.start()
  return {
    acknowledge(deliveries) {
      const last = unacknowledged[deliveries - 1]
      unacknowledged = unacknowledged.slice(deliveries)
      if (last) channel.ack(last, true)
    },
    async close() {
      const isOurs = place.durable === undefined && wanted.group === undefined
      if (isOurs && wanted.again) await channel.deleteQueue(queue).catch(() => {})
      await link.close()
    },
  }
}

async function openQueue(
  { channel }: AmqpLink,
  place: AmqpPlace,
  wanted: Wanted,
  take: (message: AmqpMessage | null) => void,
): Promise<string> {
  const { patterns, window } = wanted
  const { queue } = await channel.assertQueue(...queueOf(place, wanted))
  for (const pattern of patterns) await channel.bindQueue(queue, place.exchange, pattern)
  if (window !== undefined) await channel.prefetch(Math.min(window, MOST_UNDERWAY))
  await channel.consume(queue, take, { noAck: window === undefined })
  return queue
}

/** Of the protocol. */
const MOST_UNDERWAY = 65_535

function queueOf({ durable }: AmqpPlace, { id, group, again, name }: Wanted): readonly [string, QueueOptions] {
  if (durable !== undefined) return [durable, { durable: true, exclusive: false, autoDelete: false }]
  if (group === undefined && !again) return [name ?? '', { durable: false, exclusive: true, autoDelete: true }]
  const expires = { durable: false, exclusive: false, autoDelete: false, arguments: { 'x-expires': GROUP_MS } }
  return [group ?? `daqutils.${id}`, expires]
}

function queueError(error: unknown, { location }: AmqpPlace, { name }: Wanted, { comesBack }: EngineContext): Error {
  const isLocked = error instanceof Error && 'code' in error && error.code === LOCKED
  if (isLocked && comesBack)
    return new Unreachable('the server still holds on to the connection before', { cause: error })
  if (isLocked && name !== undefined) {
    return new CarrierError(location.name, `the name '${name}' is taken`, { cause: error })
  }
  return channelError(location.name, error)
}
