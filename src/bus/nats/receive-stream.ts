// Subscribing to a stream of JetStream: a consumer in the server, which is asked for packets and acknowledges each.

import { Timer } from '../../timer.ts'
import { covers, wordsOf } from '../../topic/address.ts'
import type { Delivery, EngineContext, Incoming, IncomingEvents, Wanted } from '../engine/engine.ts'
import { flushed, type NatsLink, openNats } from './client.ts'
import { consumerName, ensureConsumer, isOwn, progressOf, UNDERWAY, WORD_MS } from './consumer.ts'
import {
  type Consuming,
  EXPIRES,
  ensureStream,
  type JetStreamManager,
  jetStreamLibrary,
  MESSAGE_ID,
  RETAINED,
  type StreamMessage,
  type StreamPlace,
  streamError,
} from './jetstream.ts'
import { isInternal } from './subject.ts'

/** What is given back at once may be sent here again, because the server has not seen yet that nobody asks here any more. */
const GIVE_BACK_MS = 50

export async function receiveStream(
  place: StreamPlace,
  wanted: Wanted,
  events: IncomingEvents,
  context: EngineContext,
): Promise<Incoming> {
  const { window } = wanted
  const progress = progressOf(wanted)
  const isWanted = wantedBy(wanted.patterns)
  const inHand = new InHand()
  const link = await openNats(place, { ...events, ended: () => inHand.end() })

  function came(message: StreamMessage): void {
    const { seq } = message
    const again = message.redelivered || seq <= progress.came
    progress.came = Math.max(progress.came, seq)
    if (window === undefined) {
      message.ack()
      progress.acknowledged = seq
    } else inHand.add(message)
    const isOld = seq <= progress.before
    if (!isWanted(message.subject) || (isOld && message.headers?.has(RETAINED) !== true)) events.passed()
    else events.came(deliveryOf(message, { again, isOld }))
  }
  const opened = await consume(place, wanted, link, came).catch(async (error: unknown) => {
    await link.close()
    throw streamError(place, error, context)
  })
  const { consuming, manager } = opened
  let closing = false
  if (window !== undefined) inHand.begin()
  consuming.closed().then(error => {
    if (!closing) link.lose(error ? error.message : 'the consumer has ended')
  })
  return {
    acknowledge(deliveries) {
      for (const message of inHand.take(deliveries)) {
        message.ack()
        progress.acknowledged = Math.max(progress.acknowledged ?? 0, message.seq)
      }
    },
    async close() {
      closing = true
      void consuming.close()
      for (const message of inHand.take(Number.POSITIVE_INFINITY)) message.nak(GIVE_BACK_MS)
      await flushed(link.connection)
      if (isOwn(place, wanted)) await manager.consumers.delete(place.stream, consumerName(place, wanted)).catch(ignore)
      await link.close()
    },
  }
}

async function consume(
  place: StreamPlace,
  wanted: Wanted,
  { connection }: NatsLink,
  callback: (message: StreamMessage) => void,
): Promise<{ readonly consuming: Consuming; readonly manager: JetStreamManager }> {
  const { jetstream, jetstreamManager } = await jetStreamLibrary(place)
  const manager = await jetstreamManager(connection)
  await ensureConsumer(place, wanted, manager, await ensureStream(place, manager))
  const consumer = await jetstream(connection).consumers.get(place.stream, consumerName(place, wanted))
  const max_messages = wanted.window ?? UNDERWAY
  return { manager, consuming: await consumer.consume({ callback, max_messages, abort_on_missing_resource: true }) }
}

function wantedBy(patterns: readonly string[]): (topic: string) => boolean {
  const words = patterns.map(wordsOf)
  return topic =>
    patterns.some((pattern, index) => covers(words[index] ?? [], wordsOf(topic)) && !isInternal(topic, pattern))
}

function deliveryOf(
  { subject, data, headers }: StreamMessage,
  { again, isOld }: { readonly again: boolean; readonly isOld: boolean },
): Delivery {
  // What was retained says nothing about what came in between.
  const mark = isOld ? undefined : headers?.get(MESSAGE_ID)
  const expires = headers?.has(EXPIRES) ? Number(headers.get(EXPIRES)) : undefined
  return {
    topic: subject,
    payload: data,
    again,
    ...(mark !== undefined && { mark }),
    ...(expires !== undefined && { expires }),
  }
}

/** Messages that have come and are not acknowledged, in their order: the server is told that they are being worked on. */
class InHand {
  #messages: StreamMessage[] = []
  readonly #timer: Timer

  constructor() {
    this.#timer = new Timer(WORD_MS / 3, () => {
      for (const message of this.#messages) message.working()
      this.#timer.restart()
    })
    this.#timer.stop()
  }

  begin(): void {
    this.#timer.restart()
  }

  end(): void {
    this.#timer.stop()
  }

  add(message: StreamMessage): void {
    this.#messages.push(message)
  }

  take(count: number): readonly StreamMessage[] {
    const taken = this.#messages.slice(0, count)
    this.#messages = this.#messages.slice(taken.length)
    return taken
  }
}

const ignore = () => {}
