// Answers over a bus: each request that comes is answered where it says, several at a time.

import type { Batch, Meta, Packet } from '../packet.ts'
import type { Source } from '../stream/step.ts'
import type { Bus, BusContext, SubscribeOptions } from './bus.ts'

/** The answers to a request: none, one, or many. */
export type Answer = (request: Packet) => Promise<Batch>

export interface ReplyOptions extends Pick<SubscribeOptions, 'group' | 'onReady'> {
  /** Requests that are worked on at the same time. */
  readonly jobs: number
}

/** Answers until it is stopped; then those under way are finished. `limit` bounds the requests. */
export async function reply(
  bus: Bus,
  requests: Source,
  { jobs }: ReplyOptions,
  answer: Answer,
  context: BusContext,
): Promise<void> {
  const count = context.ledger.stage('requests')
  const sink = await bus.publish({}, context)
  const working = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined

  async function work(packet: Packet): Promise<void> {
    const { reply_to: topic, correlation_id } = packet.meta
    count.in++
    if (typeof topic !== 'string') return count.reject('no reply_to')
    const answers = await answer(packet)
    count.out += answers.length
    const id = correlation_id === undefined ? {} : { correlation_id }
    const writing = sink.write(answers.map(({ meta, data }) => ({ meta: { ...asAnswer(meta), ...id, topic }, data })))
    if (writing) await writing
  }
  try {
    for await (const batch of requests) {
      for (const packet of batch) {
        if (packet.meta['gap'] !== undefined) continue
        const job = work(packet).catch(error => {
          failure ??= { error }
        })
        working.add(job)
        job.finally(() => working.delete(job))
        if (working.size >= jobs) await Promise.race(working)
        if (failure) throw failure.error
      }
    }
    await Promise.all(working)
    if (failure) throw failure.error
  } finally {
    await sink.close()
  }
}

/** Without what is true of the request alone, where a program repeats it: where its answer goes, and which way it came. */
function asAnswer(meta: Meta): Meta {
  const { reply_to: _, via: __, ...own } = meta
  return own
}
