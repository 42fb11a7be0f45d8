// Publishing to NATS itself: the server has what came before a ping that it has answered.

import { setImmediate as afterEvents } from 'node:timers/promises'
import { CarrierError, systemReason } from '../../errors.ts'
import type { Outgoing, OutgoingEvents, Sending } from '../engine/engine.ts'
import { type NatsPlace, NO_RESPONDERS, natsLibrary, openNats } from './client.ts'

/** Nothing waits in the server, so there is nothing whose time could be over. */
export async function sendNats(place: NatsPlace, { returns }: Sending, events: OutgoingEvents): Promise<Outgoing> {
  const { createInbox } = await natsLibrary(place)
  const link = await openNats(place, events)
  const { connection } = link
  const inbox = createInbox()
  if (returns) {
    connection.subscribe(`${inbox}.*`, {
      callback(_, { subject, headers }) {
        if (headers?.code === NO_RESPONDERS) events.returned(Number(subject.slice(inbox.length + 1)))
      },
    })
  }
  let sent = 0
  let confirmed = 0
  let asking = false

  async function confirm(): Promise<void> {
    asking = true
    while (confirmed < sent) {
      const to = sent
      try {
        await connection.flush()
      } catch {
        // The connection has broken, which is told elsewhere.
        return
      }
      // What the server has refused was said before its answer, and is heard first.
      await afterEvents()
      events.confirmed(confirmed, to)
      confirmed = to
    }
    asking = false
  }
  return {
    send(messages) {
      try {
        for (const { topic, payload } of messages) {
          connection.publish(topic, payload, returns ? { reply: `${inbox}.${sent}` } : undefined)
          sent++
        }
      } catch (error) {
        return link.refuse(publishError(place, error, messages))
      }
      if (!asking) void confirm()
    },
    close: () => link.close(),
  }
}

/** The client itself refuses what is too long for the server. */
export function publishError(
  { location }: NatsPlace,
  error: unknown,
  messages: readonly { readonly payload: Uint8Array }[],
): CarrierError {
  const longest = Math.max(...messages.map(({ payload }) => payload.length))
  return new CarrierError(location.name, `${systemReason(error)} (a packet of ${longest} bytes)`, { cause: error })
}
