// Requests over a bus: each is a packet that says where its answer goes, and is waited for only so long.

import { makeIds } from '../id.ts'
import type { Batch } from '../packet.ts'
import type { Sink, Source } from '../stream/step.ts'
import type { Bus, BusContext } from './bus.ts'
import { OpenRequests } from './open-requests.ts'
import { REPLY } from './rights.ts'

export interface RequestOptions {
  readonly topic: string
  /** Milliseconds. */
  readonly limit: number
  /** Answers to each request that are waited for. */
  readonly replies: number
}

/** Batches of answers; `correlation_id` in a meta tells which request it answers. Ends with the last of them. */
export async function* request(
  bus: Bus,
  requests: Source,
  options: RequestOptions,
  context: BusContext,
): AsyncGenerator<Batch> {
  const { limit, replies } = options
  const address = `${REPLY}.${makeIds()()}`
  const closing = new AbortController()
  const count = context.ledger.stage('requests')
  const open = new OpenRequests({ limit, replies, count, warn: context.warn, onDone: () => closing.abort('answered') })
  let sending: Promise<void> | undefined
  let failure: { readonly error: unknown } | undefined
  const onReady = () => {
    sending ??= send(bus, requests, { address, open, options, context, closed: closing.signal }).catch(error => {
      failure = { error }
      closing.abort('failed')
    })
  }
  const policy = bus.cannotBlock ? 'drop-oldest' : 'block'
  const stop = AbortSignal.any([context.stop, closing.signal])
  try {
    for await (const batch of bus.subscribe([address], { policy, onReady }, { ...context, stop })) {
      const answers = batch.filter(packet => open.isAnswer(packet))
      if (answers.length > 0) yield answers
    }
  } finally {
    open.stop()
    closing.abort('left')
    await sending
  }
  if (failure) throw failure.error
}

interface Sending {
  readonly address: string
  readonly open: OpenRequests
  readonly options: RequestOptions
  readonly context: BusContext
  readonly closed: AbortSignal
}

/** Sends all requests, and those that come back, until it is closed. */
async function send(bus: Bus, requests: Source, sending: Sending): Promise<void> {
  const { address, open, options, context, closed } = sending
  const { topic, limit } = options
  const ids = makeIds()
  const sink = await bus.publish(
    { topic, ttl: limit, onReturned: batch => open.returned(batch, again => void sink.write(again)) },
    context,
  )
  try {
    for await (const batch of requests) {
      const addressed = batch.map(({ meta, data }) => ({
        meta: { ...meta, topic, reply_to: address, correlation_id: ids() },
        data,
      }))
      open.add(addressed)
      const writing = sink.write(addressed)
      if (writing) await writing
      if (closed.aborted) break
    }
    open.complete()
    if (!closed.aborted) await overOrRefused(sink, closed)
  } finally {
    await sink.close()
  }
}

/** Resolves when it is closed; rejects where the bus does not take what was asked, which no answer will follow. */
async function overOrRefused(sink: Sink, closed: AbortSignal): Promise<void> {
  const over = new Promise<void>(resolve => closed.addEventListener('abort', () => resolve()))
  const taken = Promise.resolve(sink.commit?.())
  await Promise.race([over, taken.then(() => over)])
}
