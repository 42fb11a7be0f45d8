// A bounded queue of packets with a named policy: what it loses is counted, and announced where it is missing.

import { type Batch, type Gap, NO_DATA, type Packet } from '../packet.ts'
import type { StageCount } from './ledger.ts'
import { Loss } from './loss.ts'
import { MOST_PACKETS } from './merge.ts'
import type { Policy } from './policy.ts'

export interface QueueOptions {
  /** `latest` keeps one packet, whatever `packets` says. `block` drops nothing: its bound is for the caller to keep. */
  readonly policy: Policy
  /** The bound. Gap records of the queue itself do not count against it. */
  readonly packets: number
  /** A second bound, on the bytes of data, or of what `size` says. */
  readonly bytes?: number
  readonly size?: (packet: Packet) => number
  /** Named by gap records. */
  readonly stage: string
  readonly count: StageCount
}

const OVERFLOW = 'overflow'

/** A gap record of the queue itself. */
class Announcement implements Packet {
  readonly meta: Packet['meta']
  readonly data = NO_DATA
  constructor(gap: Gap) {
    this.meta = { gap: { ...gap } }
  }
}

export class BoundedQueue {
  readonly #options: QueueOptions
  readonly #bound: number
  readonly #bytesBound: number
  readonly #size: (packet: Packet) => number
  #ring: (Packet | undefined)[] = new Array<Packet | undefined>(16)
  #head = 0
  #length = 0
  #announcements = 0
  #bytes = 0
  /** Lost before the first packet that is held. */
  #before: Loss | undefined
  /** Lost after the last packet that is held. */
  #after: Loss | undefined

  constructor(options: QueueOptions) {
    this.#options = options
    this.#bound = options.policy === 'latest' ? 1 : Math.max(1, options.packets)
    this.#bytesBound = options.bytes ?? Number.POSITIVE_INFINITY
    this.#size = options.size ?? (packet => packet.data.length)
  }

  get isEmpty(): boolean {
    return this.#length === 0 && !this.#before && !this.#after
  }

  /** Packets held, gap records of the queue not counted. */
  get length(): number {
    return this.#length - this.#announcements
  }

  get isFull(): boolean {
    return this.length >= this.#bound || (this.length > 0 && this.#bytes >= this.#bytesBound)
  }

  push(batch: Batch): void {
    const { policy } = this.#options
    for (const packet of batch) {
      if (policy !== 'block' && this.isFull) {
        if (policy === 'drop-newest') {
          this.#after ??= new Loss()
          this.#lose(packet, this.#after)
          continue
        }
        this.#before ??= new Loss()
        while (this.isFull) this.#lose(this.#shift(), this.#before)
      }
      if (this.#after) {
        this.#append(this.#announce(this.#after))
        this.#after = undefined
      }
      this.#append(packet)
    }
  }

  /** The oldest packets and, where some are missing, the record that says so. */
  take(most = MOST_PACKETS): Batch {
    const batch: Packet[] = []
    if (this.#before) batch.push(this.#announce(this.#before))
    this.#before = undefined
    while (batch.length < most) {
      const packet = this.#shift()
      if (!packet) break
      batch.push(packet)
    }
    if (this.#after && this.#length === 0 && batch.length < most) {
      batch.push(this.#announce(this.#after))
      this.#after = undefined
    }
    return batch
  }

  /** Loses all that is held, for a reader that will not come back. */
  abandon(reason: string): void {
    for (let packet = this.#shift(); packet; packet = this.#shift()) {
      if (!(packet instanceof Announcement)) this.#options.count.drop(reason)
    }
    this.#before = undefined
    this.#after = undefined
  }

  #append(packet: Packet): void {
    if (this.#length === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = packet
    this.#length++
    if (packet instanceof Announcement) this.#announcements++
    else if (this.#bytesBound !== Number.POSITIVE_INFINITY) this.#bytes += this.#size(packet)
  }

  #shift(): Packet | undefined {
    if (this.#length === 0) return undefined
    const packet = this.#ring[this.#head]
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#length--
    if (packet instanceof Announcement) this.#announcements--
    else if (packet && this.#bytesBound !== Number.POSITIVE_INFINITY) this.#bytes -= this.#size(packet)
    return packet
  }

  /** The length stays a power of two, so that the index wraps with a mask. */
  #grow(): void {
    const grown = new Array<Packet | undefined>(this.#ring.length * 2)
    for (let index = 0; index < this.#length; index++) {
      grown[index] = this.#ring[(this.#head + index) & (this.#ring.length - 1)]
    }
    this.#ring = grown
    this.#head = 0
  }

  #lose(packet: Packet | undefined, loss: Loss): void {
    if (packet && loss.add(packet)) this.#options.count.drop(OVERFLOW)
  }

  #announce(loss: Loss): Announcement {
    return new Announcement(loss.asGap(OVERFLOW, this.#options.stage))
  }
}
