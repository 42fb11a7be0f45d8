// A subscription at an engine: made again when the connection is lost.

import { UsageError } from '../../errors.ts'
import { makeIds } from '../../id.ts'
import { type Batch, gapPacket, type Packet } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import type { BusContext, SubscribeOptions } from '../bus.ts'
import { DEFAULT_BOUNDS } from '../inbox-policy.ts'
import type { Delivery, Engine, Incoming, IncomingEvents, Wanted } from './engine.ts'
import { Inbox, type Waiting } from './inbox.ts'
import { IncomingPackets } from './incoming-packets.ts'
import { MarkReader } from './marks.ts'
import { Comebacks, reach } from './patience.ts'
import { AcknowledgedWaiting, droppingWaiting } from './waiting.ts'

/** Where nobody says how many: so many deliveries wait for the reader here, and the others in the engine. */
const UNDERWAY = 1024

/** Throws a UsageError at once for what the engine cannot do. */
export function engineSubscriber(
  engine: Engine,
  patterns: readonly string[],
  options: SubscribeOptions,
  context: BusContext,
): AsyncGenerator<Batch> {
  const { policy = DEFAULT_BOUNDS.policy, packets = DEFAULT_BOUNDS.packets, group, name, retained = true } = options
  if (policy === 'spill') throw new UsageError(`${engine.name}: keeps no packets in files: --policy spill is for tcp:`)
  if (policy === 'block' && options.window === undefined && !engine.canBlock) {
    throw new UsageError(`${engine.name}: cannot wait for a subscriber: --policy block is not for this bus`)
  }
  if (options.from !== undefined || options.durable !== undefined) {
    throw new UsageError(`${engine.name}: --from and --durable are for a broker of our own (tcp:, tls:, unix:)`)
  }
  const window = options.window ?? (policy === 'block' ? Math.min(packets, UNDERWAY) : undefined)
  const wanted: Wanted = {
    id: makeIds()(),
    patterns: [...new Set(name === undefined ? patterns : [name, ...patterns])],
    again: options.window !== undefined,
    retained: retained && group === undefined,
    ...(group !== undefined && { group }),
    ...(window !== undefined && { window }),
    ...(name !== undefined && { name }),
  }
  engine.check(wanted)
  return new Subscriber(engine, wanted, options, context).batches()
}

class Subscriber {
  readonly #engine: Engine
  readonly #wanted: Wanted
  readonly #options: SubscribeOptions
  readonly #context: BusContext
  readonly #count: StageCount
  readonly #lost: StageCount
  readonly #waiting: Waiting
  readonly #inbox: Inbox
  readonly #packets: IncomingPackets
  readonly #marks: MarkReader | undefined
  readonly #comebacks = new Comebacks()
  #link: Incoming | undefined
  #connections = 0
  /** Acknowledged before the connection was known here. */
  #owed = 0
  /** Since when there is no connection. */
  #away: number | undefined
  #closed = false

  constructor(engine: Engine, wanted: Wanted, options: SubscribeOptions, context: BusContext) {
    const { policy = DEFAULT_BOUNDS.policy, packets = DEFAULT_BOUNDS.packets, bytes = DEFAULT_BOUNDS.bytes } = options
    this.#engine = engine
    this.#wanted = wanted
    this.#options = options
    this.#context = context
    this.#count = context.ledger.stage('input')
    this.#lost = context.ledger.stage('broker')
    this.#waiting =
      wanted.window !== undefined || policy === 'block' || policy === 'spill'
        ? new AcknowledgedWaiting(deliveries => this.#acknowledge(deliveries), {
            byReader: wanted.again,
            comesAgain: engine.keeps(wanted) > 0,
          })
        : droppingWaiting({ policy, packets, bytes }, this.#lost)
    this.#inbox = new Inbox(this.#waiting)
    this.#packets = new IncomingPackets(engine.name, context.reject)
    this.#marks = engine.isAlone(wanted) ? new MarkReader() : undefined
  }

  async *batches(): AsyncGenerator<Batch> {
    const { stop } = this.#context
    const onStop = () => this.#inbox.end()
    stop.addEventListener('abort', onStop)
    try {
      await this.#open()
      if (stop.aborted) onStop()
      for await (const batch of this.#inbox.batches()) {
        this.#count.in += batch.length
        yield batch
      }
    } finally {
      this.#closed = true
      stop.removeEventListener('abort', onStop)
      await this.#link?.close()
    }
  }

  async #open(): Promise<void> {
    const { stop, warn } = this.#context
    const { name, wait } = this.#engine
    let link: Incoming | undefined
    let over: string | undefined
    const events: IncomingEvents = {
      came: delivery => this.#came(delivery),
      passed: () => this.#inbox.push([]),
      refused: error => this.#inbox.fail(error),
      lost: reason => {
        over = reason
        if (link && link === this.#link) this.#again(reason)
      },
    }
    const comesBack = this.#connections++ > 0
    const open = () => this.#engine.receive(this.#wanted, events, { warn, comesBack })
    link = await reach(open, { name, wait, stop, warn })
    if (!link) return
    this.#link = link
    this.#comebacks.begin()
    if (this.#owed > 0) link.acknowledge(this.#owed)
    this.#owed = 0
    if (this.#closed) return link.close()
    if (over !== undefined) return this.#again(over)
    this.#isBack()
    this.#options.onReady?.()
  }

  /** What the engine has kept for so long, it has; what is longer ago is gone. */
  #isBack(): void {
    const kept = this.#engine.keeps(this.#wanted)
    const away = this.#away === undefined ? 0 : performance.now() - this.#away
    this.#away = undefined
    if (kept === 0 || away <= kept) return
    this.#context.warn(`${this.#engine.name}: was away for too long: what came meanwhile is missed`)
    this.#lost.drop('connection broken')
  }

  #came(delivery: Delivery): void {
    this.#count.bytes += delivery.payload.length
    const { mark, again, expires } = delivery
    const order = mark === undefined || again ? 0 : (this.#marks?.read(mark) ?? 0)
    if (order === 'duplicate') {
      this.#count.duplicate++
      this.#inbox.push([])
      return
    }
    const before = order > 0 ? [this.#gap(order, 'lost by the bus')] : []
    try {
      const isLate = expires !== undefined && expires <= Date.now()
      const packets = isLate ? [this.#gap(1, 'expired')] : this.#packets.of(delivery)
      this.#inbox.push(before.length > 0 ? [...before, ...packets] : packets)
    } catch (error) {
      this.#inbox.fail(error)
    }
  }

  /** Announces what is missing here. */
  #gap(lost: number, reason: string): Packet {
    this.#lost.drop(reason, lost)
    return gapPacket({ lost, reason, stage: 'broker' })
  }

  #acknowledge(deliveries: number): void {
    if (this.#link) this.#link.acknowledge(deliveries)
    else this.#owed += deliveries
  }

  #again(reason: string): void {
    const { stop, warn } = this.#context
    this.#link = undefined
    if (this.#closed || stop.aborted) return
    const keeps = this.#engine.keeps(this.#wanted) > 0
    this.#away ??= performance.now()
    warn(`${this.#engine.name}: ${reason}, connecting again${keeps ? '' : '; what comes meanwhile is missed'}`)
    if (!keeps) this.#lost.drop('connection broken')
    this.#waiting.restart()
    this.#owed = 0
    this.#comebacks
      .wait(stop)
      .then(() => this.#open())
      .catch((error: unknown) => this.#inbox.fail(error))
  }
}
