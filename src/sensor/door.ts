// One sensor's door to the network: a bounded queue, its policy, and the tale of what was dropped there.

import { gapPacket } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Policy } from '../stream/policy.ts'
import { type Piece, PieceQueue } from './pieces.ts'

export interface DoorOptions {
  readonly sensor: number
  readonly name: string
  readonly policy: Policy
  /** Messages that may wait. With `block` one read more may, because it has already happened. */
  readonly buffer: number
  readonly count: StageCount
}

interface Loss {
  lost: number
  readonly from: number
  to: number
}

export class Door {
  readonly #options: DoorOptions
  readonly #queue = new PieceQueue()
  #losses: Loss[] = []
  /** No message will come that was due before this time. */
  bound = Number.NEGATIVE_INFINITY
  ended = false

  constructor(options: DoorOptions) {
    this.#options = options
  }

  get waiting(): number {
    return this.#queue.count
  }

  get head(): Piece | undefined {
    return this.#queue.head
  }

  /** Whether the sensor has to wait. */
  get full(): boolean {
    return this.#options.policy === 'block' && this.#queue.count >= this.#options.buffer
  }

  offer(piece: Piece): void {
    const { policy, buffer, count } = this.#options
    count.in += piece.count
    this.#queue.push(piece)
    if (policy === 'block') return
    const most = policy === 'latest' ? 1 : buffer
    while (this.#queue.count > most) {
      const surplus = this.#queue.count - most
      const dropped = policy === 'drop-newest' ? this.#queue.takeNewest(surplus) : this.#queue.take(surplus)
      if (dropped === undefined) return
      count.drop('overflow', dropped.count)
      this.#lose(dropped)
    }
  }

  take(most: number): Piece | undefined {
    return this.#queue.take(most)
  }

  #lose({ seq, count }: Piece): void {
    const last = this.#losses.at(-1)
    if (last && last.to === seq - 1) {
      last.to += count
      last.lost += count
    } else if (last && last.from === seq + count) {
      this.#losses[this.#losses.length - 1] = { lost: last.lost + count, from: seq, to: last.to }
    } else this.#losses.push({ lost: count, from: seq, to: seq + count - 1 })
  }

  /** The gap record of the losses before this message, if there are any. */
  gapBefore(seq: number): Piece | undefined {
    if (this.#losses.length === 0) return undefined
    const { sensor, name } = this.#options
    let lost = 0
    let range: { from: number; to: number } | undefined
    while (this.#losses[0] && this.#losses[0].from < seq) {
      const loss = this.#losses.shift()
      if (!loss) break
      lost += loss.lost
      range = { from: range?.from ?? loss.from, to: loss.to }
    }
    if (range === undefined) return undefined
    const { meta } = gapPacket({ lost, reason: 'overflow', stage: 'network', ...range })
    const bytes = Buffer.from(`${JSON.stringify({ name, ...meta })}\n`)
    return { sensor, seq, count: 0, time: 0, step: 0, bytes, metaLength: 0 }
  }
}
