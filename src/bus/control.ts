// What a client and the broker say to each other beside packets: objects with the one member `broker`. See broker(5).

import { isObject, type Json, type JsonObject, type Meta } from '../packet.ts'
import { INBOX_POLICIES, type InboxPolicy } from './inbox-policy.ts'

export interface SubscribeRequest {
  readonly do: 'subscribe'
  readonly id: string
  readonly patterns: readonly string[]
  readonly policy?: InboxPolicy
  readonly packets?: number
  readonly bytes?: number
  readonly group?: string
  /** Packets that may be unacknowledged. */
  readonly window?: number
  /** Whether what is retained comes first. */
  readonly retained: boolean
  /** What was published from there on comes first, from the journal. */
  readonly from?: From
  /** The name of a consumer, which goes on where it acknowledged. */
  readonly durable?: string
}

/** A place in the journal: an offset, a time (epoch milliseconds), its first packet. */
export type From = { readonly offset: number } | { readonly time: number } | 'first'

/** How the packets of a client are published from now on. */
export interface PublishRequest {
  readonly do: 'publish'
  /** Tell how many have been passed on. */
  readonly confirm: boolean
  /** Tell which had no subscriber. */
  readonly returns: boolean
  /** Keep the last of each topic for those who subscribe later. */
  readonly retain: boolean
  /** Milliseconds after which nobody wants a packet. */
  readonly ttl?: number
  /** So many of the next packets may have come before. */
  readonly again: number
}

/** What a client asks for. */
export type Request =
  | { readonly do: 'hello'; readonly token?: string; readonly name?: string; readonly addresses: readonly string[] }
  | SubscribeRequest
  | { readonly do: 'unsubscribe'; readonly id: string }
  | PublishRequest
  | { readonly do: 'forget'; readonly topic: string }
  | { readonly do: 'forget'; readonly durable: string }
  | { readonly do: 'ack'; readonly count: number }
  | { readonly do: 'await'; readonly topic: string; readonly subscribers: number }
  | { readonly do: 'ping'; readonly id?: Json }
  | { readonly do: 'ps' }

/** Why a request is none: words for its sender. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
  /** It may be no fault a little later. */
  readonly passing: boolean

  constructor(message: string, { passing = false }: { readonly passing?: boolean } = {}) {
    super(message)
    this.passing = passing
  }
}

/** Longest list of patterns or addresses in one request. */
const MOST_PATTERNS = 1000

export function readRequest(meta: Meta): Request {
  const object = meta['broker']
  if (!isObject(object)) throw new BadRequest('broker: expected an object')
  const verb = object['do']
  const reader = typeof verb === 'string' ? READERS.get(verb) : undefined
  if (!reader) throw new BadRequest(`do: ${JSON.stringify(verb)}: expected ${[...READERS.keys()].join(', ')}`)
  return reader(object)
}

const READERS: ReadonlyMap<string, (object: JsonObject) => Request> = new Map([
  ['hello', readHello],
  ['subscribe', readSubscribe],
  ['unsubscribe', (object): Request => ({ do: 'unsubscribe', id: text(object, 'id') })],
  ['publish', readPublish],
  ['forget', readForget],
  ['ack', (object): Request => ({ do: 'ack', count: count(object, 'count') ?? 0 })],
  ['await', readAwait],
  ['ping', ({ id }): Request => ({ do: 'ping', ...(id !== undefined && { id }) })],
  ['ps', (): Request => ({ do: 'ps' })],
])

function readHello(object: JsonObject): Request {
  const token = optionalText(object, 'token')
  const name = optionalText(object, 'name')
  const addresses = texts(object, 'addresses')
  if (name === undefined && addresses.length > 0) throw new BadRequest('addresses: only with a name')
  return { do: 'hello', addresses, ...(token !== undefined && { token }), ...(name !== undefined && { name }) }
}

function readSubscribe(object: JsonObject): Request {
  const patterns = typeof object['pattern'] === 'string' ? [object['pattern']] : texts(object, 'pattern')
  if (patterns.length === 0) throw new BadRequest('pattern: expected text or a list of texts')
  const policy = optionalText(object, 'policy')
  const known = INBOX_POLICIES.find(name => name === policy)
  if (policy !== undefined && !known) throw new BadRequest(`policy: expected ${INBOX_POLICIES.join(', ')}`)
  const packets = count(object, 'buffer')
  const bytes = count(object, 'bytes')
  const group = optionalText(object, 'group')
  const window = count(object, 'window')
  const from = place(object, 'from')
  const durable = optionalText(object, 'durable')
  if (durable !== undefined && group !== undefined)
    throw new BadRequest('durable: who names the same consumer shares it: give no group')
  if (from !== undefined && durable === undefined && (group !== undefined || window !== undefined)) {
    throw new BadRequest('from: not with a group or a window; with durable')
  }
  return {
    do: 'subscribe',
    id: optionalText(object, 'id') ?? patterns.join(' '),
    patterns,
    retained: flag(object, 'retained') ?? true,
    ...(known && { policy: known }),
    ...(packets !== undefined && { packets }),
    ...(bytes !== undefined && { bytes }),
    ...(group !== undefined && { group }),
    ...(window !== undefined && { window }),
    ...(from !== undefined && { from }),
    ...(durable !== undefined && { durable }),
  }
}

function readPublish(object: JsonObject): Request {
  const ttl = count(object, 'ttl')
  return {
    do: 'publish',
    confirm: flag(object, 'confirm') ?? false,
    returns: flag(object, 'returns') ?? false,
    retain: flag(object, 'retain') ?? false,
    again: count(object, 'again') ?? 0,
    ...(ttl !== undefined && { ttl }),
  }
}

function readForget(object: JsonObject): Request {
  const durable = optionalText(object, 'durable')
  return durable === undefined ? { do: 'forget', topic: text(object, 'topic') } : { do: 'forget', durable }
}

function readAwait(object: JsonObject): Request {
  return { do: 'await', topic: text(object, 'topic'), subscribers: count(object, 'subscribers') ?? 1 }
}

function text(object: JsonObject, name: string): string {
  const value = optionalText(object, name)
  if (value === undefined) throw new BadRequest(`${name}: expected text`)
  return value
}

function optionalText(object: JsonObject, name: string): string | undefined {
  const value = object[name]
  if (value === undefined || typeof value === 'string') return value
  throw new BadRequest(`${name}: expected text`)
}

function texts(object: JsonObject, name: string): readonly string[] {
  const value = object[name] ?? []
  const list = Array.isArray(value) ? value : []
  const found = list.filter((item: Json) => typeof item === 'string')
  if (!Array.isArray(value) || found.length !== list.length || list.length > MOST_PATTERNS) {
    throw new BadRequest(`${name}: expected a list of at most ${MOST_PATTERNS} texts`)
  }
  return found
}

function flag(object: JsonObject, name: string): boolean | undefined {
  const value = object[name]
  if (value !== undefined && typeof value !== 'boolean') throw new BadRequest(`${name}: expected true or false`)
  return value
}

function place(object: JsonObject, name: string): From | undefined {
  const value = object[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return { offset: value }
  if (value === 'earliest') return 'first'
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) throw new BadRequest(`${name}: expected an offset, a time as RFC 3339 writes it, or earliest`)
  return { time }
}

function count(object: JsonObject, name: string): number | undefined {
  const value = object[name]
  if (value === undefined) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new BadRequest(`${name}: expected a whole number from 1 on`)
  }
  return value
}
