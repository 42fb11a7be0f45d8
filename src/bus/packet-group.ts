// A queue group on the broker: a queue that has the patterns of all its members, each of whose packets goes to one of them.

import { Group } from '../topic/group.ts'
import { compacted } from './compact.ts'
import type { Inbox } from './exchange.ts'
import { Loss } from './loss.ts'
import type { Run } from './run.ts'

/** Packets that wait while no member has room, and their bytes. */
const WAITING = 65_536
const WAITING_BYTES = 64 * 2 ** 20
/** Bytes that a member may have unacknowledged, of a group or of a consumer. */
export const UNACKNOWLEDGED_BYTES = 64 * 2 ** 20
/** Milliseconds that a group whose members acknowledge outlives the last of them. */
const KEPT_MS = 60_000

export class PacketGroup {
  readonly name: string
  readonly #group = new Group<Inbox, Run>({
    waiting: WAITING,
    waitingBytes: WAITING_BYTES,
    unacknowledgedBytes: UNACKNOWLEDGED_BYTES,
    hasRoom: ({ outbox }) => outbox.hasRoom,
  })
  readonly #touched: (inbox: Inbox) => void
  readonly #acknowledging = new Set<Inbox>()
  #wasAcknowledged = false
  #loss: Loss | undefined
  #lost = 0
  #waiters: (() => void)[] = []
  #emptySince: number | undefined

  /** `touched` is told which inbox something was put into. */
  constructor(name: string, touched: (inbox: Inbox) => void) {
    this.name = name
    this.#touched = touched
  }

  get members(): readonly Inbox[] {
    return this.#group.members
  }

  get waiting(): number {
    return this.#group.waiting
  }

  get lost(): number {
    return this.#lost
  }

  /** Whether whoever publishes should wait: a member wants it so, and no more can be kept. */
  get isJammed(): boolean {
    return this.#group.isFull && this.members.some(({ outbox }) => outbox.bounds.policy === 'block')
  }

  onRoom(act: () => void): void {
    this.#waiters.push(act)
  }

  /** `window`: packets that the member may have unacknowledged; nothing: it does not acknowledge. */
  join(member: Inbox, window: number | undefined): void {
    this.#group.join(member, window === undefined ? {} : { unacknowledged: window })
    if (window !== undefined) {
      this.#acknowledging.add(member)
      this.#wasAcknowledged = true
    }
    this.#emptySince = undefined
    this.pump()
  }

  /** What the member had not acknowledged goes to another, marked. */
  leave(member: Inbox, now: number): void {
    this.#group.leave(member)
    this.#acknowledging.delete(member)
    if (this.members.length === 0) this.#emptySince = now
    this.pump()
  }

  /** Whether nobody is left, and nobody can be expected to come back. */
  isOver(now: number): boolean {
    if (this.#emptySince === undefined) return false
    return !this.#wasAcknowledged || now - this.#emptySince >= KEPT_MS
  }

  push(run: Run): void {
    const kept = this.waiting > 0 ? compacted(run) : run
    for (const packet of kept.each()) {
      if (this.#group.offer(packet)) continue
      this.#loss ??= new Loss('overflow')
      this.#loss.add(packet)
      this.#lost++
    }
    this.pump()
  }

  /** What waits is handed out by the next `pump`: many are acknowledged at once. */
  #done(member: Inbox, tag: number): void {
    this.#group.acknowledge(member, tag)
  }

  /** Hands out what waits, as far as members have room. */
  pump(): void {
    for (let next = this.#group.next(); next; next = this.#group.next()) {
      const { member, message, tag, redelivered } = next
      const { outbox } = member
      if (this.#loss) outbox.push(this.#loss.asRun(outbox.form))
      this.#loss = undefined
      if (this.#acknowledging.has(member)) {
        const acknowledge = () => this.#done(member, tag)
        outbox.push(message.marked({ again: redelivered, handed: { acknowledge } }))
      } else outbox.push(redelivered ? message.marked({ again: true }) : message)
      this.#touched(member)
    }
    if (this.#waiters.length === 0 || this.isJammed) return
    const waiters = this.#waiters
    this.#waiters = []
    for (const act of waiters) act()
  }
}
