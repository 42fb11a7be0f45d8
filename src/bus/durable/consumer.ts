// A consumer that the broker remembers: its members share what is in the journal, and it goes on where they acknowledged.

import { setTimeout as pause } from 'node:timers/promises'
import { AckFloor } from '../../journal/ack-floor.ts'
import type { Journal } from '../../journal/journal.ts'
import type { Place } from '../../journal/positions.ts'
import { gapPacket, packet } from '../../packet.ts'
import { Group } from '../../topic/group.ts'
import type { Following, Inbox } from '../exchange.ts'
import { UNACKNOWLEDGED_BYTES } from '../packet-group.ts'
import { packetRun, type Run } from '../run.ts'
import { Feed } from './feed.ts'
import { Pump } from './pump.ts'
import { REMOVED } from './replay.ts'

/** Packets that are read ahead of what the members take, and their bytes. */
const AHEAD = 4096
const AHEAD_BYTES = 16 * 2 ** 20
/** Packets that are noted as delivered ahead of time, so that it is not noted for each. */
const REACH = 256
/** Where it is cannot be written: tried again after this time. */
const AGAIN_MS = 500
/** Packets of a member that are unacknowledged at most, where it does not say. */
const WINDOW = 1000

export interface ConsumerOptions {
  readonly name: string
  readonly journal: Journal
  /** The offset to begin at: all before it is acknowledged. */
  readonly floor: number
  /** Packets before this offset may have been delivered already. */
  readonly delivered: number
  /** Takes note of where it is, soon. */
  readonly note: (place: Place) => void
  /** Ends when that has been written. */
  readonly noted: () => Promise<void>
  readonly warn: (message: string) => void
}

interface Item {
  readonly offset: number
  readonly run: Run
  /** Bytes. */
  readonly length: number
}

export class Consumer implements Following {
  readonly name: string
  readonly #options: ConsumerOptions
  readonly #acks: AckFloor
  readonly #pump: Pump
  #group = newGroup()
  #patterns = ''
  #feed: Feed | undefined
  #waitsFor: Feed | undefined
  #lost = 0
  #lostInAll = 0
  /** Packets before it were delivered, maybe by the broker before this one. */
  #delivered: number
  /** Packets before it come again, if they come. */
  #again: number
  /** Written: packets from there on are delivered to nobody. */
  #reach: number

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.name = options.name
    this.#acks = new AckFloor(options.floor)
    this.#delivered = options.delivered
    this.#again = options.delivered
    this.#reach = options.delivered
    this.#pump = new Pump(
      () => this.#turn(),
      error => options.warn(messageOf(error)),
    )
  }

  get followers(): number {
    return this.#group.members.length
  }

  /** All packets before it are acknowledged, or not wanted. */
  get floor(): number {
    return this.#acks.floor
  }

  /** Read, and not acknowledged: delivered or about to be. */
  get unacknowledged(): number {
    return this.#acks.open
  }

  /** Packets of any topic that were removed before they were read. */
  get lost(): number {
    return this.#lostInAll
  }

  /** Why these patterns cannot be had: those that are members have others. */
  fault(patterns: readonly string[]): string | undefined {
    if (this.followers === 0 || this.#patterns === keyOf(patterns)) return undefined
    return `durable: '${this.name}' has other patterns now: ${this.#patterns}`
  }

  /** `window`: packets that may be unacknowledged. */
  join(inbox: Inbox, patterns: readonly string[], window = WINDOW): void {
    const fault = this.fault(patterns)
    if (fault !== undefined) {
      const { outbox } = inbox
      outbox.tell(packetRun(outbox.form, packet({ broker: { error: fault } }), 0))
      outbox.flush()
      return
    }
    if (this.followers === 0) {
      this.#patterns = keyOf(patterns)
      this.#feed = new Feed(this.#options.journal, patterns, { offset: this.#acks.floor })
    }
    this.#group.join(inbox, { unacknowledged: window })
    this.pump()
  }

  leave(inbox: Inbox): void {
    this.#group.leave(inbox)
    if (this.followers > 0) {
      this.pump()
      return
    }
    // Whoever comes next begins where all is acknowledged.
    void this.#feed?.close()
    this.#feed = undefined
    this.#group = newGroup()
    this.#acks.restart()
    this.#again = this.#delivered
  }

  /** What was delivered is known exactly now. */
  close(): void {
    this.#reach = Math.max(this.#delivered, this.#acks.floor)
    this.#note()
    void this.#feed?.close()
    this.#feed = undefined
  }

  pump(): void {
    this.#deliver()
    const { waiting, waitingBytes } = this.#group
    if (this.#feed && waiting <= AHEAD / 2 && waitingBytes <= AHEAD_BYTES / 2) this.#pump.start()
  }

  #deliver(): void {
    const group = this.#group
    const touched = new Set<Inbox>()
    for (let next = group.next(); next; next = group.next()) {
      const { member, message, tag, redelivered } = next
      const { offset, run } = message
      const { outbox } = member
      if (this.#lost > 0) {
        outbox.tell(packetRun(outbox.form, gapPacket({ lost: this.#lost, reason: REMOVED, stage: 'broker' }), 0))
      }
      this.#lost = 0
      const acknowledge = () => {
        if (group === this.#group && group.acknowledge(member, tag)) this.#acknowledge(offset)
      }
      const again = redelivered || offset < this.#again || run.marks?.again === true
      this.#delivered = Math.max(this.#delivered, offset + 1)
      outbox.push(run.marked({ again, handed: { acknowledge } }))
      touched.add(member)
    }
    for (const { outbox } of touched) outbox.flush()
  }

  #acknowledge(offset: number): void {
    const before = this.#acks.floor
    this.#acks.acknowledge(offset)
    if (this.#acks.floor > before) this.#note()
  }

  async #turn(): Promise<boolean> {
    const feed = this.#feed
    const { waiting, waitingBytes } = this.#group
    if (!feed || this.#waitsFor === feed || waiting >= AHEAD || waitingBytes >= AHEAD_BYTES) return false
    const { found, lost, next } = await feed.next()
    if (feed !== this.#feed) return this.#feed !== undefined
    if (next === undefined) {
      void this.#waitForMore(feed)
      return false
    }
    if (next > this.#reach) await this.#extend(next + REACH, feed)
    if (feed !== this.#feed) return this.#feed !== undefined
    this.#lost += lost
    this.#lostInAll += lost
    for (const { offset, run } of found) this.#take(offset, run)
    const before = this.#acks.floor
    this.#acks.readTo(next)
    if (this.#acks.floor > before) this.#note()
    this.#deliver()
    return true
  }

  /** Nothing is delivered that a broker after this one would take for new: it waits while that cannot be written. */
  async #extend(reach: number, feed: Feed): Promise<void> {
    this.#reach = reach
    this.#note()
    for (let isFirst = true; feed === this.#feed; isFirst = false) {
      try {
        return await this.#options.noted()
      } catch (error) {
        if (isFirst) this.#options.warn(`consumer ${this.name} waits: ${messageOf(error)}`)
        await pause(AGAIN_MS, undefined, { ref: false })
      }
    }
  }

  #note(): void {
    this.#options.note({ offset: this.#acks.floor, reach: this.#reach })
  }

  #take(first: number, run: Run): void {
    let offset = first
    for (const packet of run.each()) {
      if (this.#acks.take(offset)) this.#group.offer({ offset, run: packet, length: packet.length })
      offset++
    }
  }

  async #waitForMore(feed: Feed): Promise<void> {
    this.#waitsFor = feed
    const isMore = await feed.more()
    if (feed !== this.#feed) return
    this.#waitsFor = undefined
    if (isMore) this.#pump.start()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function newGroup(): Group<Inbox, Item> {
  return new Group<Inbox, Item>({
    // What has been read has room: no more is read than there is room for.
    waiting: Number.POSITIVE_INFINITY,
    waitingBytes: Number.POSITIVE_INFINITY,
    unacknowledgedBytes: UNACKNOWLEDGED_BYTES,
    hasRoom: ({ outbox }) => outbox.hasRoom,
  })
}

function keyOf(patterns: readonly string[]): string {
  return [...patterns].sort().join(' ')
}
