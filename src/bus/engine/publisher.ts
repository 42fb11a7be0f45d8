// Publishes over an engine: packets as messages, and what `close` promises.

import { pause } from '../../carrier/socket.ts'
import { UsageError } from '../../errors.ts'
import type { Sink } from '../../stream/step.ts'
import type { BusContext, PublishOptions } from '../bus.ts'
import type { Engine, Message, Sending } from './engine.ts'
import { outgoingMessages } from './outgoing-messages.ts'
import { Unconfirmed } from './unconfirmed.ts'

/** What nobody was there for is published again after this time. */
const AGAIN_MS = 250

export async function enginePublisher(engine: Engine, options: PublishOptions, context: BusContext): Promise<Sink> {
  const { topic, subscribers = 0, retain = false, ttl, onReturned } = options
  const fault = topic === undefined ? undefined : engine.topicFault(topic)
  if (fault !== undefined) throw new UsageError(`${engine.name}: ${fault}`)
  if (subscribers > 1 || (subscribers > 0 && !engine.tellsReturns)) {
    const most = engine.tellsReturns ? 'only whether there are any' : ''
    throw new UsageError(
      `${engine.name}: does not tell how many subscribers there are${most && `, ${most}: expected 1`}`,
    )
  }
  const returns = engine.tellsReturns && (onReturned !== undefined || subscribers > 0)
  const sending: Sending = { retain, returns, ...(ttl !== undefined && { ttl }) }
  engine.checkSending(sending)
  const messages = outgoingMessages(engine, topic, context.reject)
  const count = context.ledger.stage('output')
  const link = new Unconfirmed(engine, sending, context)
  link.onReturned = returned => onReturned?.(returned.map(({ packet }) => packet))
  await link.open()
  let isAwaited = subscribers > 0

  async function begin(first: Message, rest: readonly Message[]): Promise<void> {
    await reach(link, first, context.stop)
    link.onReturned = returned => onReturned?.(returned.map(({ packet }) => packet))
    await link.send(rest)
  }
  return {
    write(batch) {
      const ready = messages.push(batch)
      const [first, ...rest] = ready
      if (!first) return
      count.out += ready.length
      for (const { payload } of ready) count.bytes += payload.length
      if (!isAwaited) return link.send(ready)
      isAwaited = false
      return begin(first, rest)
    },
    commit: () => link.confirmed(),
    async close() {
      await link.confirmed()
      await link.close()
    },
    abort: () => link.close(),
  }
}

/** Sends a message until somebody gets it, or until it is stopped. */
async function reach(link: Unconfirmed, message: Message, stop: AbortSignal): Promise<void> {
  for (let isReturned = true; isReturned; ) {
    isReturned = false
    link.onReturned = () => {
      isReturned = true
    }
    await link.send([message])
    await link.confirmed()
    if (!isReturned || stop.aborted) return
    await pause(AGAIN_MS, stop)
  }
}
