// Where packets wait for the reader: lost by a policy when they are too many, or acknowledged one after the other.

import { Frame } from '../../codec/frame-packet.ts'
import { Line } from '../../codec/line.ts'
import type { Batch, Packet } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import { MOST_PACKETS } from '../../stream/merge.ts'
import type { Policy } from '../../stream/policy.ts'
import { BoundedQueue } from '../../stream/queue.ts'
import type { Waiting } from './inbox.ts'

export interface Bounds {
  readonly policy: Exclude<Policy, 'block'>
  readonly packets: number
  readonly bytes: number
}

/** What has no room is dropped and announced. */
export function droppingWaiting(bounds: Bounds, count: StageCount): Waiting {
  const queue = new BoundedQueue({ ...bounds, size: sizeOf, stage: 'broker', count })
  return {
    push: packets => queue.push(packets),
    take: () => (queue.isEmpty ? NONE : queue.take()),
    restart() {},
  }
}

const NONE: Batch = []

function sizeOf(packet: Packet): number {
  return packet instanceof Line || packet instanceof Frame ? packet.end - packet.start : packet.data.length
}

export interface AcknowledgedOptions {
  /** Batches are acknowledged by whoever reads them. */
  readonly byReader: boolean
  /** What has not been acknowledged comes again over a new connection. */
  readonly comesAgain: boolean
}

/** Packets that were taken together, and the delivery after them. */
interface Taken {
  to: number
  done: boolean
}

/**
 * Every delivery is acknowledged, in their order, when all packets of it have been: by the reader, or else when it comes for
 * more. That it is bounded is for the engine.
 */
export class AcknowledgedWaiting implements Waiting {
  readonly #acknowledge: (deliveries: number) => void
  readonly #byReader: boolean
  readonly #comesAgain: boolean
  /** Where the reader does not acknowledge: what it has taken last. */
  #last: Taken | undefined
  #packets: Packet[] = []
  /** Of each packet, the number of its delivery. */
  #numbers: number[] = []
  #taken: Taken[] = []
  #arrived = 0
  #acknowledged = 0

  constructor(acknowledge: (deliveries: number) => void, { byReader, comesAgain }: AcknowledgedOptions) {
    this.#acknowledge = acknowledge
    this.#byReader = byReader
    this.#comesAgain = comesAgain
  }

  push(packets: readonly Packet[]): void {
    for (const packet of packets) {
      this.#packets.push(packet)
      this.#numbers.push(this.#arrived)
    }
    this.#arrived++
    // A delivery of no packets waits for nothing but those before it.
    if (packets.length === 0) this.#settle()
  }

  take(): Batch {
    if (this.#last) {
      this.#last.done = true
      this.#last = undefined
      this.#settle()
    }
    if (this.#packets.length === 0) return NONE
    const packets = this.#packets.splice(0, MOST_PACKETS)
    const numbers = this.#numbers.splice(0, MOST_PACKETS)
    const after = this.#numbers[0] ?? this.#arrived
    const taken: Taken = { to: after, done: false }
    this.#taken.push(taken)
    if (!this.#byReader) {
      this.#last = taken
      return packets
    }
    const batch: Batch = packets
    const acknowledge = () => {
      taken.done = true
      this.#settle()
    }
    const part = (count: number): Batch =>
      Object.assign(packets.slice(0, count), {
        acknowledge: () => {
          const index = this.#taken.indexOf(taken)
          // The rest of it is never acknowledged, nor what comes after.
          if (index >= 0) this.#taken.splice(index + 1, 0, { to: after, done: false })
          taken.to = numbers[count] ?? after
          acknowledge()
        },
      })
    return Object.assign(batch, { acknowledge, part })
  }

  restart(): void {
    if (this.#comesAgain) {
      this.#packets = []
      this.#numbers = []
    }
    // Whatever is still to be acknowledged came over a connection that is gone.
    this.#taken = []
    this.#last = undefined
    this.#acknowledged = this.#arrived
  }

  #settle(): void {
    let to = this.#acknowledged
    for (let first = this.#taken[0]; first?.done; first = this.#taken[0]) {
      to = Math.max(to, first.to)
      this.#taken.shift()
    }
    if (this.#taken.length === 0) to = Math.max(to, this.#numbers[0] ?? this.#arrived)
    if (to <= this.#acknowledged) return
    const deliveries = to - this.#acknowledged
    this.#acknowledged = to
    this.#acknowledge(deliveries)
  }
}
