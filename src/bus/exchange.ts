// The heart of the broker: whom a topic reaches, and packets on their way there. No sockets, no timers: time is passed in.

import { addressFault } from '../topic/address.ts'
import { Directory } from '../topic/directory.ts'
import { Router } from '../topic/router.ts'
import type { SubscribeRequest } from './control.ts'
import type { Room } from './hold.ts'
import { Fault } from './inlet.ts'
import type { Outbox } from './outbox.ts'
import { PacketGroup } from './packet-group.ts'
import { RetainedRuns } from './retained-runs.ts'
import type { Run } from './run.ts'
import { TopicTable } from './topic-table.ts'

/** Whoever subscribes: what comes for it goes into one outbox, once, however many of its patterns match. */
export interface Inbox {
  readonly outbox: Outbox
}

/** Who reads from the journal: nothing is passed to it. */
export interface Following {
  /** How many share what it reads. */
  readonly followers: number
  /** A subscriber may have room again. */
  pump(): void
  leave(inbox: Inbox): void
}

/** What was published before, where it is kept. */
export interface Past {
  /** Packets of such a topic are kept. */
  keeps(topic: string): boolean
  /** `begin` is called when the subscriber has been told that it is there. Fails with a BadRequest. */
  follow(inbox: Inbox, request: SubscribeRequest): Promise<{ readonly following: Following; begin(): void }>
}

/** Whom a topic reaches. */
export interface Route {
  readonly inboxes: readonly Inbox[]
  readonly groups: readonly PacketGroup[]
  readonly followings: readonly Following[]
  /** Whether its packets go into the journal. */
  readonly isKept: boolean
}

/** What makes a publisher wait. */
export interface Jam extends Room {
  readonly isJammed: boolean
}

/** Somebody who waits for subscribers. */
export interface Awaiting {
  readonly topic: string
  readonly subscribers: number
  readonly act: () => void
}

/** Bytes of packets: a write of more is hardly any cheaper. */
const MOST_UNSENT = 256 * 1024

type Target = Inbox | PacketGroup | Following

export class Exchange {
  /** Finding the route of what can be no topic is a Fault. */
  readonly topics = new TopicTable<Route>(text => {
    const fault = addressFault(text)
    if (fault !== undefined) throw new Fault(`topic: ${fault}`)
    return this.#route(text)
  })
  readonly retained = new RetainedRuns()
  readonly #router = new Router<Target>()
  readonly #directory = new Directory<Target>(this.#router)
  readonly #groups = new Map<string, PacketGroup>()
  /** By what the router gave: it gives the same array again as long as nothing has changed. */
  #routes = new WeakMap<readonly Target[], Route>()
  /** Outboxes that something was put into and not yet sent. */
  readonly #touched = new Set<Outbox>()
  #unsent = 0
  readonly #awaiting = new Set<Awaiting>()
  /** Routes of topics that are kept. */
  #keptRoutes = new WeakMap<readonly Target[], Route>()
  #past: Past | undefined

  get past(): Past | undefined {
    return this.#past
  }

  /** Given before anybody comes. */
  set past(past: Past | undefined) {
    this.#past = past
    this.#changed()
  }

  /** Bindings of all inboxes. */
  get size(): number {
    return this.#router.size
  }

  get groups(): readonly PacketGroup[] {
    return [...this.#groups.values()]
  }

  bind(pattern: string, target: Target): void {
    this.#router.bind(pattern, target)
    this.#changed()
  }

  unbind(pattern: string, target: Target): void {
    if (this.#router.unbind(pattern, target)) this.#changed()
  }

  /** Listens on its name, and on addresses that others may have, too. Why it cannot; nothing if it does. */
  join(name: string, shared: readonly string[], inbox: Inbox): string | undefined {
    const fault = this.#directory.join({ name, shared }, inbox)
    this.#changed()
    return fault
  }

  /** All that the inbox listens to; `name`: of its instance, if it is one. */
  leave(inbox: Inbox, name: string | undefined): void {
    if (name !== undefined) this.#directory.leave(name)
    this.#router.unbindAll(inbox)
    this.#changed()
  }

  /** The group of that name; made when somebody joins it first. Its patterns are those of all its members. */
  group(name: string): PacketGroup {
    const known = this.#groups.get(name)
    if (known) return known
    const group = new PacketGroup(name, ({ outbox }) => this.#touched.add(outbox))
    this.#groups.set(name, group)
    return group
  }

  /** Calls `act` once, as soon as so many subscribers would get a packet of the topic; maybe at once. */
  await(awaiting: Awaiting): void {
    this.#awaiting.add(awaiting)
    this.#look()
  }

  forget(awaiting: Awaiting): void {
    this.#awaiting.delete(awaiting)
  }

  /** Sends nothing yet; see `flush`. Adds those that have no room to `full`: when all is sent, they may have. */
  deliver({ inboxes, groups }: Route, run: Run, full: Set<Jam>): void {
    for (const { outbox } of inboxes) {
      outbox.push(run)
      this.#touched.add(outbox)
      if (outbox.isJammed) full.add(outbox)
    }
    for (const group of groups) {
      group.push(run)
      if (group.isJammed) full.add(group)
    }
    this.#unsent += run.length
  }

  /** Whether so much has been delivered that it should be sent without waiting for more. */
  get isDue(): boolean {
    return this.#unsent >= MOST_UNSENT
  }

  /** Keeps a packet as the last of its topic. */
  retain(topic: string, packet: Run): void {
    this.retained.set(topic, packet)
  }

  /** Puts what is retained of a pattern's topics into an inbox. */
  recall(pattern: string, { outbox }: Inbox, now: number): void {
    for (const run of this.retained.matching(pattern, now)) outbox.push(run)
    this.#touched.add(outbox)
  }

  /** Sends what has been delivered. */
  flush(): void {
    this.#unsent = 0
    for (const outbox of this.#touched) outbox.flush()
    this.#touched.clear()
  }

  /** Forgets what is over. */
  tidy(now: number): void {
    this.retained.expire(now)
    for (const [name, group] of this.#groups) {
      if (!group.isOver(now)) continue
      this.#groups.delete(name)
      this.#router.unbindAll(group)
      this.#changed()
    }
  }

  #changed(): void {
    this.topics.outdate()
    if (this.#awaiting.size > 0) this.#look()
  }

  #look(): void {
    for (const awaiting of this.#awaiting) {
      const { inboxes, groups, followings } = this.#route(awaiting.topic)
      let members = groups.reduce((sum, group) => sum + group.members.length, 0)
      for (const { followers } of followings) members += followers
      if (inboxes.length + members < awaiting.subscribers) continue
      this.#awaiting.delete(awaiting)
      awaiting.act()
    }
  }

  #route(text: string): Route {
    if (addressFault(text) !== undefined) return NOWHERE
    const targets = this.#router.match(text)
    const isKept = this.#past?.keeps(text) === true
    if (targets.length === 0 && !isKept) return NOWHERE
    const routes = isKept ? this.#keptRoutes : this.#routes
    const known = routes.get(targets)
    if (known) return known
    const route = { ...sorted(targets), isKept }
    routes.set(targets, route)
    return route
  }
}

/** Targets by what they are. */
function sorted(targets: readonly Target[]): Omit<Route, 'isKept'> {
  const inboxes: Inbox[] = []
  const groups: PacketGroup[] = []
  const followings: Following[] = []
  for (const target of targets) {
    if (target instanceof PacketGroup) groups.push(target)
    else if ('followers' in target) followings.push(target)
    else inboxes.push(target)
  }
  return { inboxes, groups, followings }
}

export const NOWHERE: Route = { inboxes: [], groups: [], followings: [], isKept: false }
