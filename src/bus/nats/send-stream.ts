// Publishing into a stream of JetStream: it answers each message when it has it, and knows one that comes again.

import { CarrierError } from '../../errors.ts'
import { Timer } from '../../timer.ts'
import type { EngineContext, Outgoing, OutgoingEvents, Sending } from '../engine/engine.ts'
import { type NatsMessage, NO_RESPONDERS, natsLibrary, openNats } from './client.ts'
import {
  EXPIRES,
  ensureStream,
  isAnswer,
  jetStreamLibrary,
  MESSAGE_ID,
  RETAINED,
  type StreamPlace,
  streamError,
} from './jetstream.ts'
import { publishError } from './send.ts'

/** An answer that has not come by then does not come: the connection is made anew. */
const ANSWER_MS = 10_000

export async function sendStream(
  place: StreamPlace,
  { retain, ttl }: Sending,
  events: OutgoingEvents,
  context: EngineContext,
): Promise<Outgoing> {
  const { createInbox, headers } = await natsLibrary(place)
  const { jetstreamManager } = await jetStreamLibrary(place)
  let late = () => {}
  const patience = new Timer(ANSWER_MS, () => late())
  patience.stop()
  const link = await openNats(place, { ...events, ended: () => patience.stop() })
  late = () => link.lose(`the stream '${place.stream}' does not answer`)
  const { connection } = link
  const inbox = createInbox()
  let sent = 0
  let answered = 0

  function confirm(number: number): void {
    answered++
    if (answered === sent) patience.stop()
    else patience.restart()
    events.confirmed(number, number + 1)
  }
  function answer(message: NatsMessage): void {
    const fault = faultOf(message, place)
    if (fault) link.refuse(fault)
    else confirm(Number(message.subject.slice(inbox.length + 1)))
  }
  try {
    await ensureStream(place, await jetstreamManager(connection))
    connection.subscribe(`${inbox}.*`, {
      callback(error, message) {
        if (error) link.refuse(error)
        else answer(message)
      },
    })
  } catch (error) {
    await link.close()
    throw streamError(place, error, context)
  }
  return {
    send(messages) {
      if (answered === sent) patience.restart()
      const passing: number[] = []
      try {
        for (const { topic, payload, mark } of messages) {
          const number = sent++
          if (isAnswer(topic)) {
            connection.publish(topic, payload)
            passing.push(number)
            continue
          }
          const beside = headers()
          beside.set(MESSAGE_ID, mark)
          beside.set('Nats-Expected-Stream', place.stream)
          if (retain) beside.set(RETAINED, '1')
          if (ttl !== undefined) beside.set(EXPIRES, String(Date.now() + ttl))
          connection.publish(topic, payload, { reply: `${inbox}.${number}`, headers: beside })
        }
      } catch (error) {
        return link.refuse(publishError(place, error, messages))
      }
      if (passing.length === 0) return
      connection.flush().then(
        () => passing.forEach(confirm),
        () => {},
      )
    },
    close: () => link.close(),
  }
}

/** Why the stream has not taken a message. */
function faultOf({ data, headers }: NatsMessage, { location, stream }: StreamPlace): CarrierError | undefined {
  if (headers?.code === NO_RESPONDERS) {
    return new CarrierError(location.name, `the stream '${stream}' does not keep such topics, nor does any other`)
  }
  const text = Buffer.from(data).toString()
  if (!text.includes('"error"')) return undefined
  const { error }: { readonly error?: { readonly description?: string } } = JSON.parse(text)
  return error && new CarrierError(location.name, `the stream '${stream}' refuses a packet: ${error.description}`)
}
