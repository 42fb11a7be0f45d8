// What a writer holds while its link is not ready: bounded by a policy, every loss counted.

import type { Batch, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Policy } from '../stream/policy.ts'

export interface BacklogOptions {
  /** With `block` a full backlog takes nothing more: whoever writes asks for room. */
  readonly policy: Policy
  readonly packets: number
  /** Of data. One packet may always wait, however large. */
  readonly bytes: number
  readonly count: StageCount
}

export class Backlog {
  readonly #options: BacklogOptions
  readonly #bound: number
  #packets: Packet[] = []
  /** Before it are packets that have been pushed out. */
  #head = 0
  #bytes = 0

  constructor(options: BacklogOptions) {
    this.#options = options
    this.#bound = options.policy === 'latest' ? 1 : options.packets
  }

  get length(): number {
    return this.#packets.length - this.#head
  }

  get isFull(): boolean {
    return this.length >= this.#bound || (this.length > 0 && this.#bytes >= this.#options.bytes)
  }

  push(packet: Packet): void {
    const { policy, count } = this.#options
    if (this.isFull && (policy === 'block' || policy === 'drop-newest')) {
      count.drop('overflow')
      return
    }
    while (this.isFull) {
      this.#bytes -= this.#packets[this.#head]?.data.length ?? 0
      this.#head++
      count.drop(policy === 'latest' ? 'superseded' : 'overflow')
    }
    if (this.#head > 0 && this.#head * 2 >= this.#packets.length) {
      this.#packets = this.#packets.slice(this.#head)
      this.#head = 0
    }
    this.#packets.push(packet)
    this.#bytes += packet.data.length
  }

  /** All that waits. */
  take(): Batch {
    const packets = this.#head === 0 ? this.#packets : this.#packets.slice(this.#head)
    this.#packets = []
    this.#head = 0
    this.#bytes = 0
    return packets
  }

  /** Nobody will take it any more. */
  abandon(reason: string): void {
    const left = this.take().length
    if (left > 0) this.#options.count.drop(reason, left)
  }
}
