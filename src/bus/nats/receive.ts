// Subscribing at NATS itself: what is not taken at once is gone.

import { CarrierError } from '../../errors.ts'
import { covers, wordsOf } from '../../topic/address.ts'
import type { Incoming, IncomingEvents, Wanted } from '../engine/engine.ts'
import { flushed, type NatsPlace, openNats } from './client.ts'
import { isInternal, subjectsOf } from './subject.ts'

export async function receiveNats(
  place: NatsPlace,
  { patterns, group }: Wanted,
  events: IncomingEvents,
): Promise<Incoming> {
  const link = await openNats(place, events)
  const { connection } = link
  const words = patterns.map(wordsOf)
  for (const [index, pattern] of patterns.entries()) {
    const before = words.slice(0, index)
    for (const subject of subjectsOf(pattern)) {
      connection.subscribe(subject, {
        ...(group !== undefined && { queue: group }),
        callback(error, message) {
          if (error) return link.refuse(new CarrierError(place.location.name, error.message, { cause: error }))
          const topic = message.subject
          // One that came because of an earlier pattern comes because of this one, too.
          if (before.length > 0 && before.some(other => covers(other, wordsOf(topic)))) return
          if (isInternal(topic, pattern)) return
          events.came({ topic, payload: message.data, again: false })
        },
      })
    }
  }
  await flushed(connection)
  return { acknowledge() {}, close: () => link.close() }
}
