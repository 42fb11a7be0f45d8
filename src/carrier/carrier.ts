// What a carrier is: how bytes travel, in and out.

import type { DecodeOptions, EncodeOptions } from '../codec/codec.ts'
import type { Batch } from '../packet.ts'
import type { JointDemand } from '../stream/demand.ts'
import type { Ledger } from '../stream/ledger.ts'
import type { PieceWork } from '../stream/piece-work.ts'
import type { Policy } from '../stream/policy.ts'
import type { Encoder, Sink, Source } from '../stream/step.ts'
import type { Endpoint } from '../url.ts'

/** What a source that subscribes wants, while it reads. Whoever subscribes twice must cancel twice. */
export interface Interests {
  subscribe(topic: string): void
  cancel(topic: string): void
}

/** How packets come from topics of a bus. */
export interface FromTopics {
  readonly patterns: readonly string[]
  readonly policy?: string
  readonly packets?: number
  readonly group?: string
  readonly window?: number
  readonly retained?: boolean
}

/** How packets go to topics: to the one named, or each to its own. */
export interface ToTopics {
  readonly topic?: string
  readonly retain?: boolean
  readonly ttl?: number
}

/** The bus that `--bus` names, as far as a carrier needs it. */
export interface Topics {
  readonly name: string
  readonly subscribe: (wanted: FromTopics, context: CarrierContext, options: SourceOptions) => Source
  readonly publish: (wanted: ToTopics, context: CarrierContext, options: SinkOptions) => Promise<Sink>
}

/** What every carrier may use of its surroundings. */
export interface CarrierContext {
  /** Aborted by the first signal: sources end as if the input had ended, sinks go on. */
  readonly stop: AbortSignal
  /** Aborted when nobody reads the source any more. */
  readonly closed?: AbortSignal
  readonly ledger: Ledger
  /** A word for the person at the terminal (`reconnecting to …`). */
  readonly warn: (message: string) => void
  /** Called on SIGHUP; returns the function that takes it back. */
  readonly onHangup: (reopen: () => void) => () => void
  /** Of queues that the carrier keeps for its peers. */
  readonly policy: Policy
  readonly buffer: number
  /** Of the outputs, which are added when they are opened: asked by inputs that are open on demand. */
  readonly demand?: JointDemand
  /** Given where the bytes of a channel are done with when the next ones are asked for: their memory may be written again. */
  readonly transient?: Transient
  /** Called by a source that listens, or that connects again and again, when it does: what can fail at once has not. */
  readonly opened?: (interests: Interests) => void
  /** Connects nowhere yet. Missing where there is no bus. */
  readonly topics?: () => Promise<Topics>
}

export interface Transient {
  /** Asked again and again, while the bytes come. */
  places?(): Places | undefined
  /** What of a stream is ready together is best taken together. */
  readonly bursts?: boolean
}

/** Where bytes may be put, or what may be done with them, before they are handed on: offered by whoever takes them. */
export interface Places {
  /** Where the next bytes may lie, if it matters. */
  room?(): Uint8Array | undefined
  /** Two places for whoever reads ahead: into the one while what lies in the other is worked on. They stay. */
  rooms?(): readonly [Uint8Array, Uint8Array] | undefined
  /** What two threads may do with the bytes of a regular file: given once. */
  work?(): PieceWork | undefined
}

/** One stream of bytes: a file, a pipe, one connection. Each channel gets a decoder of its own. */
export interface Channel {
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** Writes back to the peer, where the carrier can. */
  readonly reply?: (bytes: Uint8Array) => void
  /** A record cut off at the end of the bytes is no record: the sender sends it again. */
  readonly resent?: boolean
  /** Called for each record that could not be read. */
  readonly onReject?: () => void
}

/** Where encoded bytes go. One call holds whole packets only. */
export interface Outlet {
  /** A person reads it: text only. */
  readonly terminal?: boolean
  /** The file that is added to, with the first record that is in it; another object when another file has been begun. */
  readonly file?: { readonly begun: Uint8Array | undefined } | undefined
  write(chunks: readonly Uint8Array[]): void | Promise<void>
  /** The chunks are done with when `write` has returned, or its promise resolved. */
  readonly takesAtOnce?: boolean
  /** Makes all written so far durable, as far as the carrier can. */
  commit?(): void | Promise<void>
  /** Ends well: what was written is kept (an atomic file takes its name). */
  close(): Promise<void>
  /** Ends badly: what is half done is set aside. */
  abort?(): Promise<void>
}

export interface CarrierParam {
  readonly name: string
  readonly argument?: string
  readonly summary: string
}

/** How a carrier that must know packets (to acknowledge them, to queue them for a peer) reads one of its channels. */
export type Decode = (channel: Channel) => Source

/**
 * The encoder for a stream that begins with this batch, in the format of this name where one is wanted. `shared`: its
 * output does not depend on what went before.
 */
export type Encode = (
  first: Batch,
  begun?: Uint8Array,
  wanted?: string,
) => { readonly encoder: Encoder; readonly format: string; readonly shared: boolean }

/** For a carrier that reads packets without a decoder. */
export type SourceOptions = Pick<DecodeOptions, 'reject' | 'validate' | 'maxPacket'>

/** For a carrier that writes packets without an encoder. */
export type SinkOptions = Pick<EncodeOptions, 'reject'>

export interface Carrier {
  readonly scheme: string
  /** Up to the first semicolon it is enough for a list. */
  readonly summary: string
  readonly example: string
  readonly params: readonly CarrierParam[]
  /** Whether its channels cannot come at the same time; by default they can. */
  readonly single?: (endpoint: Endpoint) => boolean
  /** Yields one channel, or one for each peer that connects. */
  readonly channels?: (endpoint: Endpoint, context: CarrierContext) => AsyncIterable<Channel>
  readonly outlet?: (endpoint: Endpoint, context: CarrierContext) => Promise<Outlet>
  /** Asked before `channels`: packets instead of bytes, or nothing where bytes will do. */
  readonly source?: (
    endpoint: Endpoint,
    context: CarrierContext,
    decode: Decode,
    options: SourceOptions,
  ) => Source | undefined
  /** Asked before `outlet`: packets instead of bytes, or nothing where bytes will do. */
  readonly sink?: (
    endpoint: Endpoint,
    context: CarrierContext,
    encode: Encode,
    options: SinkOptions,
  ) => Promise<Sink> | undefined
}
