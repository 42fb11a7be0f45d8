// A bridge: what is published on one bus is published on another, and, under a prefix, the other way round.

import { makeIds } from '../id.ts'
import type { Ledger } from '../stream/ledger.ts'
import { run } from '../stream/run.ts'
import { Answers } from './bridge/answers.ts'
import { crossing } from './bridge/crossing.ts'
import type { Prefix } from './bridge/names.ts'
import type { Bus, BusContext, SubscribeOptions } from './bus.ts'
import { REPLY } from './rights.ts'

export interface BridgeOptions extends Pick<SubscribeOptions, 'policy' | 'packets'> {
  /** Of topics on the first bus. */
  readonly patterns: readonly string[]
  /** What topics of the first bus begin with on the second. */
  readonly prefix: Prefix
  /** Nothing goes back from the second to the first. */
  readonly oneWay: boolean
  /** So many packets are under way at most; what the other bus has not confirmed is not acknowledged. */
  readonly window: number
  /** Called when both sides are subscribed to, also again. */
  readonly onReady?: () => void
}

/** One side, with a name for the ledger. */
interface Side {
  readonly name: string
  readonly bus: Bus
  readonly answers: Answers
  readonly patterns: readonly string[]
  /** What a topic of this side is called on the other. */
  readonly rename: (topic: string) => string | undefined
}

/** Runs until it is stopped. A side that is lost is connected to again; an error that does not pass ends both. */
export async function bridge(from: Bus, to: Bus, options: BridgeOptions, context: BusContext): Promise<void> {
  const { patterns, prefix, oneWay } = options
  const first: Side = {
    name: 'from',
    bus: from,
    answers: new Answers(),
    patterns,
    rename: topic => (isPrivate(topic) ? undefined : prefix.add(topic)),
  }
  const second: Side = {
    name: 'to',
    bus: to,
    answers: new Answers(),
    patterns: patterns.map(pattern => prefix.add(pattern)),
    rename: topic => (isPrivate(topic) ? undefined : prefix.remove(topic)),
  }
  const id = makeIds()()
  const ending = new AbortController()
  const stop = AbortSignal.any([context.stop, ending.signal])
  const ways = oneWay ? [[first, second] as const] : [[first, second] as const, [second, first] as const]
  const ready = new Set<Side>()
  const crossings = ways.map(([one, other]) => {
    const onReady = () => {
      if (ready.add(one).size === ways.length) options.onReady?.()
    }
    return cross(one, other, { ...options, id, onReady }, { ...context, stop }).catch((error: unknown) => {
      ending.abort(error)
      throw error
    })
  })
  const ends = await Promise.allSettled(crossings)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

/** Answers are for who asked: those that have to cross have addresses of the bridge. */
function isPrivate(topic: string): boolean {
  return topic.startsWith(`${REPLY}.`)
}

interface CrossOptions extends BridgeOptions {
  readonly id: string
  readonly onReady: () => void
}

async function cross(side: Side, other: Side, options: CrossOptions, context: BusContext): Promise<void> {
  const { id, policy, packets, window, onReady, oneWay } = options
  const { reject, ledger } = context
  const sink = await other.bus.publish({}, { ...context, ledger: ledger.under(other.name) })
  const wanted: SubscribeOptions = {
    onReady,
    retained: false,
    ...(policy && { policy }),
    ...(packets !== undefined && { packets }),
    ...(!side.bus.cannotWindow && { window }),
  }
  const patterns = oneWay ? side.patterns : [...side.patterns, side.answers.pattern]
  const source = side.bus.subscribe(patterns, wanted, { ...context, ledger: ledger.under(side.name) })
  const stage = crossing({
    id,
    rename: side.rename,
    here: side.answers,
    there: other.answers,
    reject,
    count: countOf(ledger, side),
  })
  try {
    await run(source, [stage], sink)
  } catch (error) {
    await (sink.abort?.() ?? sink.close())
    throw error
  }
  await sink.close()
}

/** What has come over from a side, and what of it has gone on. */
function countOf(ledger: Ledger, { name }: Side) {
  return ledger.stage(`across ${name === 'from' ? 'forth' : 'back'}`)
}
