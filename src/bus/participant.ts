// What one client is to the exchange: what it is called, what it has subscribed to, what it waits for.

import { addressFault, isPattern } from '../topic/address.ts'
import { BadRequest, type SubscribeRequest } from './control.ts'
import type { Awaiting, Exchange, Following, Inbox } from './exchange.ts'
import type { Outbox } from './outbox.ts'
import type { PacketGroup } from './packet-group.ts'
import type { Rights } from './rights.ts'

/** Patterns of all subscriptions of one client. */
const MOST_BINDINGS = 1_000_000
/** Topics whose subscribers one client waits for. */
const MOST_AWAITED = 100

interface Subscription {
  readonly patterns: readonly string[]
  readonly group: PacketGroup | undefined
  /** It comes from the journal; nothing until it is found there. */
  following?: Following
  /** It says itself how much it takes. */
  readonly isReplay?: boolean
}

export interface Subscribing {
  readonly rights: Rights
  /** Epoch milliseconds. */
  readonly now: number
  /** Called when nothing can fail any more, and before the first packet. */
  readonly granted: () => void
  /** Called instead where it turns out later that it cannot be. */
  readonly refused: (reason: string) => void
}

export class Participant implements Inbox {
  readonly outbox: Outbox
  readonly #exchange: Exchange
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #awaiting = new Set<Awaiting>()
  /** With the number of its subscriptions in each. */
  readonly #groups = new Map<PacketGroup, number>()
  readonly #followings = new Map<Following, number>()
  #name: string | undefined
  #addresses: readonly string[] = []
  #bindings = 0

  constructor(exchange: Exchange, outbox: Outbox) {
    this.#exchange = exchange
    this.outbox = outbox
  }

  get name(): string | undefined {
    return this.#name
  }

  /** Beside its name. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** Of all subscriptions, by their ids. */
  get patterns(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#subscriptions].map(([id, { patterns }]) => [id, patterns]))
  }

  /** Groups it is a member of. */
  get groups(): readonly PacketGroup[] {
    return [...this.#groups.keys()]
  }

  /** Takes a name, which nobody else has, and addresses, which others may have. */
  call(name: string, addresses: readonly string[], rights: Rights): void {
    if (this.#name !== undefined) throw new BadRequest(`hello: this client is called ${this.#name}`)
    for (const address of [name, ...addresses]) allow(rights, address)
    const fault = this.#exchange.join(name, addresses, this)
    if (fault !== undefined) throw new BadRequest(fault, { passing: true })
    this.#name = name
    this.#addresses = addresses
  }

  subscribe(request: SubscribeRequest, subscribing: Subscribing): void {
    const { rights, now, granted } = subscribing
    const { id, patterns, policy, packets, bytes, group: groupName, window, retained } = request
    const fault = patterns.map(addressFault).find(reason => reason !== undefined)
    if (fault !== undefined) throw new BadRequest(fault)
    for (const pattern of patterns) allow(rights, pattern)
    // A member takes packets from the others, and gets what they have asked for.
    const shared = groupName ?? request.durable
    if (shared !== undefined) allow(rights, shared)
    if (this.#bindings + patterns.length > MOST_BINDINGS) throw new BadRequest(`more than ${MOST_BINDINGS} patterns`)
    const isPast = request.durable !== undefined || request.from !== undefined
    if (window !== undefined && groupName === undefined && !isPast) throw new BadRequest('window: only in a group')
    if (this.#subscriptions.has(id)) this.unsubscribe(id, now)
    this.#checkReplay(request)
    const { bounds } = this.outbox
    this.outbox.bounds = {
      policy: isReplay(request) ? 'block' : (policy ?? bounds.policy),
      packets: packets ?? bounds.packets,
      bytes: bytes ?? bounds.bytes,
    }
    if (isPast) {
      this.#follow(request, subscribing)
      return
    }
    const group = groupName === undefined ? undefined : this.#exchange.group(groupName)
    if (window !== undefined) this.outbox.track()
    granted()
    // First a member, then bound: whoever waits for subscribers is told of members that are bound.
    group?.join(this, window)
    for (const pattern of patterns) this.#exchange.bind(pattern, group ?? this)
    this.#subscriptions.set(id, { patterns, group })
    if (group) countUp(this.#groups, group)
    this.#bindings += patterns.length
    if (group || !retained) return
    for (const pattern of patterns) this.#exchange.recall(pattern, this, now)
  }

  unsubscribe(id: string, now: number): void {
    const subscription = this.#subscriptions.get(id)
    if (!subscription) throw new BadRequest(`unsubscribe: no subscription ${JSON.stringify(id)}`)
    const { patterns, group, following } = subscription
    this.#subscriptions.delete(id)
    this.#bindings -= patterns.length
    if (following) this.#leaveFollowing(following, patterns)
    else if (!group) for (const pattern of patterns) this.#exchange.unbind(pattern, this)
    else if (countDown(this.#groups, group) === 0) group.leave(this, now)
  }

  /** There may be room for what waits for it elsewhere. */
  pump(): void {
    if (!this.outbox.hasRoom) return
    for (const group of this.#groups.keys()) group.pump()
    if (this.#groups.size > 0) this.#exchange.flush()
    for (const following of this.#followings.keys()) following.pump()
  }

  await(topic: string, subscribers: number, act: () => void): void {
    const fault = addressFault(topic)
    if (fault !== undefined) throw new BadRequest(fault)
    if (this.#awaiting.size >= MOST_AWAITED) throw new BadRequest(`await: more than ${MOST_AWAITED} at once`)
    const awaiting: Awaiting = {
      topic,
      subscribers,
      act: () => {
        this.#awaiting.delete(awaiting)
        act()
      },
    }
    this.#awaiting.add(awaiting)
    this.#exchange.await(awaiting)
  }

  /** It is gone. */
  leave(now: number): void {
    this.#exchange.leave(this, this.#name)
    this.#name = undefined
    for (const group of this.groups) group.leave(this, now)
    for (const { following, patterns } of this.#subscriptions.values()) {
      if (following) this.#leaveFollowing(following, patterns)
    }
    this.#subscriptions.clear()
    this.#groups.clear()
    for (const awaiting of this.#awaiting) this.#exchange.forget(awaiting)
    this.#awaiting.clear()
  }

  /** What is read from the journal comes as it is taken, which goes together with nothing that is passed on. */
  #checkReplay(request: SubscribeRequest): void {
    const [other] = this.#subscriptions.values()
    if (other && (isReplay(request) || other.isReplay)) {
      throw new BadRequest('from: only as the one subscription of a connection')
    }
  }

  #follow(request: SubscribeRequest, { granted, refused }: Subscribing): void {
    const { id, patterns, durable } = request
    const { past } = this.#exchange
    if (!past) throw new BadRequest(`${durable === undefined ? 'from' : 'durable'}: this broker has no journal`)
    const subscription: Subscription = { patterns, group: undefined, isReplay: isReplay(request) }
    if (durable !== undefined) this.outbox.track()
    this.#subscriptions.set(id, subscription)
    this.#bindings += patterns.length
    past.follow(this, request).then(
      ({ following, begin }) => {
        // It may have left meanwhile.
        if (this.#subscriptions.get(id) !== subscription) return
        subscription.following = following
        countUp(this.#followings, following)
        granted()
        this.outbox.flush()
        begin()
        for (const pattern of patterns) this.#exchange.bind(pattern, following)
      },
      (error: Error) => {
        if (this.#subscriptions.get(id) !== subscription) return
        this.#subscriptions.delete(id)
        this.#bindings -= patterns.length
        refused(error.message)
        this.outbox.flush()
      },
    )
  }

  #leaveFollowing(following: Following, patterns: readonly string[]): void {
    for (const pattern of patterns) this.#exchange.unbind(pattern, following)
    if (countDown(this.#followings, following) === 0) following.leave(this)
  }
}

/** Whether it is read from the journal at the subscriber's own pace, and nothing remembers where it was. */
function isReplay({ from, durable }: SubscribeRequest): boolean {
  return from !== undefined && durable === undefined
}

/** One subscription more in what it is a member of. */
function countUp<Of>(members: Map<Of, number>, one: Of): void {
  members.set(one, (members.get(one) ?? 0) + 1)
}

/** One less: with the last one it is no member any more. How many are left. */
function countDown<Of>(members: Map<Of, number>, one: Of): number {
  const left = (members.get(one) ?? 0) - 1
  if (left > 0) members.set(one, left)
  else members.delete(one)
  return left
}

function allow(rights: Rights, pattern: string): void {
  if (rights.maySubscribe(pattern)) return
  throw new BadRequest(`not allowed to subscribe to ${isPattern(pattern) ? 'all of ' : ''}'${pattern}'`)
}
