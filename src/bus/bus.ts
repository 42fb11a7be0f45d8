// What a bus is to the commands: topics to publish to and to subscribe to, whatever carries them.

import type { Batch } from '../packet.ts'
import type { Ledger } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink, Source } from '../stream/step.ts'
import type { InboxBounds } from './inbox-policy.ts'
import type { Form } from './run.ts'

/** Where `broker serve` listens and every other command looks for it. */
export const DEFAULT_BUS = 'tcp://127.0.0.1:7327'

/** What a bus may use of its surroundings. */
export interface BusContext {
  /** Aborted by the first signal: subscriptions end as if there were no more, publishers go on. */
  readonly stop: AbortSignal
  readonly ledger: Ledger
  readonly warn: (message: string) => void
  readonly reject: Rejecter
}

export interface PublishOptions {
  /** Of every packet; without it each must have its own. */
  readonly topic?: string
  /** Nothing is written before so many would get it. */
  readonly subscribers?: number
  /** The last packet of each topic is kept for those who subscribe later. */
  readonly retain?: boolean
  /** Milliseconds after which nobody wants a packet. */
  readonly ttl?: number
  /** Called with packets that nobody has subscribed to. */
  readonly onReturned?: (batch: Batch) => void
}

export interface SubscribeOptions extends Partial<InboxBounds> {
  /** Of the members of a group with this name one gets each packet. */
  readonly group?: string
  /**
   * Batches have to be acknowledged, and so many packets at most are under way. What is not goes to another member of the
   * group, or comes once more over the next connection, with the member `redelivered` in its meta.
   */
  readonly window?: number
  /**
   * What the bus has kept comes first, from there on: an offset, a time (RFC 3339), or `earliest`. A consumer that is there
   * already goes on where it was.
   */
  readonly from?: number | string
  /** With `from` and without `durable`: each packet has its `offset` in its meta. */
  readonly offsets?: boolean
  /** The name of a consumer that the bus remembers, and its place in what is kept; it has a window. */
  readonly durable?: string
  /** Whether what is retained comes first; default: it does. */
  readonly retained?: boolean
  /** A name that no other subscriber may have at the same time, where the bus can see to that; it is a pattern, too. */
  readonly name?: string
  /** How packets come; default: as lines. */
  readonly form?: Form
  /** Called when the subscription is there, also again after the connection was lost. */
  readonly onReady?: () => void
}

export interface Bus {
  /** The URL as it may be printed. */
  readonly name: string
  /** It cannot wait for a subscriber: none may have the policy `block`. */
  readonly cannotBlock?: boolean
  /** Nothing can be acknowledged: no subscriber may have a window. */
  readonly cannotWindow?: boolean
  /** `close` returns when the bus has all that was written. */
  publish(options: PublishOptions, context: BusContext): Promise<Sink>
  /** Packets of the state of the bus, for those that can tell it; see broker-ps(1). */
  readonly status?: (context: BusContext) => Promise<Batch>
  /** What is retained of a topic, or a consumer without members; fails where there is no such consumer. */
  readonly forget?: (
    what: { readonly topic: string } | { readonly durable: string },
    context: BusContext,
  ) => Promise<void>
  /** Packets of every topic that one of the patterns stands for, each once. */
  subscribe(patterns: readonly string[], options: SubscribeOptions, context: BusContext): Source
}
