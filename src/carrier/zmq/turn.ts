// Packets written one by one within one turn of the event loop, sent together.

import { nextTick } from 'node:process'
import { Line } from '../../codec/line.ts'
import type { Batch, Packet } from '../../packet.ts'
import { MOST_PACKETS } from '../../stream/merge.ts'
import { SLICE } from './outgoing.ts'

/** From so many packets on, a batch goes on as it is. */
const MANY = 64
/** What a packet takes beside its data, about. */
const META = 128

/**
 * The first batch of a turn goes on at once; what is written after it in the same turn goes on when the turn ends, or
 * when it is as much as goes out in one write. Nothing waits for a timer or for more.
 */
export class Turn {
  readonly #pass: (batch: Batch) => void
  #held: Packet[] = []
  #bytes = 0
  #isUnderWay = false

  constructor(pass: (batch: Batch) => void) {
    this.#pass = pass
  }

  write(batch: Batch): void {
    if (!this.#isUnderWay) {
      this.#isUnderWay = true
      nextTick(() => this.#end())
      this.#pass(batch)
    } else if (batch.length >= MANY) {
      this.flush()
      this.#pass(batch)
    } else {
      for (const packet of batch) {
        this.#held.push(packet)
        this.#bytes += sizeOf(packet)
      }
      if (this.#bytes >= SLICE || this.#held.length >= MOST_PACKETS) this.flush()
    }
  }

  /** What is held goes on now. */
  flush(): void {
    const held = this.#held
    if (held.length === 0) return
    this.#held = []
    this.#bytes = 0
    this.#pass(held)
  }

  #end(): void {
    this.#isUnderWay = false
    this.flush()
  }
}

/** About; a line is not parsed for it. */
function sizeOf(packet: Packet): number {
  return packet instanceof Line ? packet.end - packet.start : packet.data.length + META
}
