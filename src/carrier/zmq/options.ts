// The parameters of ZeroMQ endpoints: what each is for, and what they say together.

import { MAX_PACKET } from '../../codec/codec.ts'
import { UsageError } from '../../errors.ts'
import type { Policy } from '../../stream/policy.ts'
import { parseCount, parseDuration, parseSize } from '../../units.ts'
import { type Endpoint, param } from '../../url.ts'
import type { CarrierParam } from '../carrier.ts'
import { PEERS_PARAM } from '../fan-out.ts'
import { INSECURE_PARAM, LISTEN_PARAMS } from '../listen.ts'
import { ON_DEMAND_PARAM } from '../on-demand.ts'
import { WAIT_PARAM } from '../socket.ts'
import { type Layout, parseLayout } from './layout.ts'
import { SECURITY_PARAMS } from './security.ts'

/** At the end, a peer that packets may be dropped for gets this long to take what waits for it. */
const LINGER_MS = 2000

/** Bytes of packets that may wait for one peer, beside what is being sent. */
const HOLD = 256 * 2 ** 20

/** What `topic` in the URL implies where `parts` is not given. */
const TOPICAL = 'topic,meta,data'
const PLAIN_LAYOUT = 'meta,data'

const PARTS_PARAM = {
  name: 'parts',
  argument: 'NAMES',
  summary: `the parts of a message in order, of topic, meta and data; default: ${PLAIN_LAYOUT}, with topic ${TOPICAL}`,
}
const LINK_PARAMS: readonly CarrierParam[] = [
  {
    name: 'heartbeat',
    argument: 'DURATION',
    summary: 'ask a silent peer for a sign of life so often, and leave it if there is none',
  },
  WAIT_PARAM,
  ...LISTEN_PARAMS,
  INSECURE_PARAM,
  ...SECURITY_PARAMS,
]
const SENDER_PARAMS: readonly CarrierParam[] = [
  { name: 'topic', argument: 'TEXT', summary: "the part topic of each message; default: the meta's field topic" },
  PARTS_PARAM,
  PEERS_PARAM,
  {
    name: 'linger',
    argument: 'DURATION',
    summary: 'how long, at the end, peers get to take what waits for them; default: 2s, with --policy block any time',
  },
  { name: 'hold', argument: 'SIZE', summary: 'bytes that may wait for a peer, beside --buffer; default: 256MiB' },
]
const MAX_PARAM = {
  name: 'max',
  argument: 'SIZE',
  summary: 'refuse peers that send more in one message; default: 1GiB',
}

export const PUBLISHER_PARAMS: readonly CarrierParam[] = [...SENDER_PARAMS, ...LINK_PARAMS]
export const PUSHER_PARAMS = PUBLISHER_PARAMS
export const PULLER_PARAMS: readonly CarrierParam[] = [PARTS_PARAM, MAX_PARAM, ...LINK_PARAMS, ON_DEMAND_PARAM]
export const SUBSCRIBER_PARAMS: readonly CarrierParam[] = [
  {
    name: 'topic',
    argument: 'LIST',
    summary: 'only messages whose first part begins with one of these, separated by commas; default: all',
  },
  ...PULLER_PARAMS,
]

export interface SenderOptions {
  readonly layout: Layout
  readonly topic: string | undefined
  /** Packets wait until there are so many peers. */
  readonly peers: number
  /** Milliseconds. */
  readonly linger: number
  /** Bytes that may wait for one peer. */
  readonly hold: number
}

/** Throws a UsageError. */
export function senderOptions(endpoint: Endpoint, policy: Policy): SenderOptions {
  const layout = layoutOf(endpoint)
  const topic = endpoint.params.get('topic')
  if (topic !== undefined && !layout.includes('topic')) {
    throw new UsageError(`${endpoint.text}: topic: no part is for it (parts=${layout.join(',')})`)
  }
  return {
    layout,
    topic,
    peers: param(endpoint, 'peers', parseCount) ?? 0,
    linger: param(endpoint, 'linger', parseDuration) ?? (policy === 'block' ? Number.POSITIVE_INFINITY : LINGER_MS),
    hold: param(endpoint, 'hold', parseSize) ?? HOLD,
  }
}

export interface ReceiverOptions {
  readonly layout: Layout
  /** What is subscribed to: prefixes of the first part. */
  readonly topics: readonly string[]
  /** Bytes of all parts of a message. */
  readonly maxMessage: number
}

/** Throws a UsageError. */
export function receiverOptions(endpoint: Endpoint, maxPacket = MAX_PACKET): ReceiverOptions {
  return {
    layout: layoutOf(endpoint),
    topics: endpoint.params.get('topic')?.split(',') ?? [''],
    maxMessage: param(endpoint, 'max', parseSize) ?? maxPacket,
  }
}

/** Milliseconds between signs of life that are asked for; Infinity where none are. */
export function heartbeatOf(endpoint: Endpoint): number {
  const heartbeat = param(endpoint, 'heartbeat', parseDuration) ?? Number.POSITIVE_INFINITY
  if (heartbeat > 0) return heartbeat
  throw new UsageError(`${endpoint.text}: heartbeat: expected a time between two signs of life, for example 5s`)
}

function layoutOf(endpoint: Endpoint): Layout {
  const implied = endpoint.params.has('topic') ? TOPICAL : PLAIN_LAYOUT
  return param(endpoint, 'parts', parseLayout) ?? parseLayout(implied)
}
