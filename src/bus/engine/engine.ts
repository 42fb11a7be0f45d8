// What differs between the engines behind the one interface of a bus: a connection that sends, and one that receives.

import type { Packet } from '../../packet.ts'
import type { BusContext } from '../bus.ts'

/** A packet as engines carry it: its topic beside it, and a line or a frame as the payload. */
export interface Message {
  readonly topic: string
  readonly payload: Uint8Array
  /** Of a Marker; the same when it is sent again. */
  readonly mark: string
  /** What the message was made from. */
  readonly packet: Packet
}

/** A message that has come. */
export interface Delivery {
  readonly topic: string
  readonly payload: Uint8Array
  /** The engine says that it may have come to a subscriber before. */
  readonly again: boolean
  /** Where the engine carries it. */
  readonly mark?: string
  /** Epoch milliseconds after which nobody wants it, where the engine itself does not see to that. */
  readonly expires?: number
  /** Why it cannot be a packet of this bus. */
  readonly fault?: string
}

/** A connection that sends. Its messages have numbers, from 0, in the order in which they were sent over it. */
export interface Outgoing {
  /** Hands on all of them at once, whatever is still unconfirmed. */
  send(messages: readonly Message[]): void
  /** What has not been confirmed may be lost. */
  close(): Promise<void>
}

/** Told by an outgoing connection, each until it is closed. */
export interface OutgoingEvents {
  /** The engine has the messages from the one number up to, not including, the other. */
  readonly confirmed: (from: number, to: number) => void
  /** Nobody has subscribed to the message of this number. Told before it is confirmed, and only where that was asked for. */
  readonly returned: (number: number) => void
  /** Trying again would not help. */
  readonly refused: (error: Error) => void
  /** Once; nothing comes after it. */
  readonly lost: (reason: string) => void
}

/** A connection that receives. */
export interface Incoming {
  /** Acknowledges so many of the deliveries, from the first one that has not been acknowledged on. */
  acknowledge(deliveries: number): void
  /** What has not been acknowledged goes back to the engine, where it keeps such. */
  close(): Promise<void>
}

/** Told by an incoming connection, each until it is closed. Deliveries come one after the other, and must not be waited for. */
export interface IncomingEvents {
  readonly came: (delivery: Delivery) => void
  /** A delivery of which nobody has to know, but for its acknowledgement. */
  readonly passed: () => void
  readonly refused: (error: Error) => void
  readonly lost: (reason: string) => void
}

/** How messages are sent. */
export interface Sending {
  /** The last one of each topic is kept for those who subscribe later. */
  readonly retain: boolean
  /** Milliseconds after which nobody wants a message. */
  readonly ttl?: number
  /** What nobody has subscribed to is told of. */
  readonly returns: boolean
}

export interface Wanted {
  /** Of this subscription alone, and the same over all its connections. */
  readonly id: string
  readonly patterns: readonly string[]
  /** Of the members of a group with this name one gets each message. */
  readonly group?: string
  /** So many deliveries come at most before one has to be acknowledged; without it all are taken for acknowledged. */
  readonly window?: number
  /** What has not been acknowledged must come again: over the next connection, or to another member of the group. */
  readonly again: boolean
  /** What is retained comes first. */
  readonly retained: boolean
  /** No other subscriber may have it at the same time, where the engine can see to that. */
  readonly name?: string
}

/** What an engine may use while it connects. */
export interface EngineContext extends Pick<BusContext, 'warn'> {
  /** The connection before this one was lost. */
  readonly comesBack: boolean
}

export interface Engine {
  /** The URL as it may be printed. */
  readonly name: string
  /** Milliseconds of trying to connect before it is given up. */
  readonly wait: number
  /** Why packets cannot have this topic here; nothing if they can. */
  topicFault(topic: string): string | undefined
  /** Whether a subscriber may make it wait, and acknowledge what it gets. */
  readonly canBlock: boolean
  readonly canWindow: boolean
  /** Whether it can tell what nobody has subscribed to. */
  readonly tellsReturns: boolean
  /** Throw a UsageError for what the engine cannot do. Connect nowhere. */
  checkSending(sending: Sending): void
  check(wanted: Wanted): void
  /**
   * Milliseconds for which a subscription that is not connected gets what comes meanwhile, and what it has not acknowledged,
   * over its next connection.
   */
  keeps(wanted: Wanted): number
  /** Whether the subscription gets all messages of its topics, shared with nobody. */
  isAlone(wanted: Wanted): boolean
  /** Connects once. Throws Unreachable for what passes, and a CarrierError for what does not. */
  send(sending: Sending, events: OutgoingEvents, context: EngineContext): Promise<Outgoing>
  /** The same. When it resolves, all that is published from now on comes. */
  receive(wanted: Wanted, events: IncomingEvents, context: EngineContext): Promise<Incoming>
}
