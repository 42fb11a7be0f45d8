// The latest packets of an output, numbered from 0 in the order in which they were written.

import type { Batch, Packet } from '../../packet.ts'

export class History {
  /** How many packets are kept. */
  readonly bound: number
  readonly #ring: Packet[] = []
  #end = 0

  constructor(bound: number) {
    this.bound = Math.max(1, bound)
  }

  /** The number that the next packet gets. */
  get end(): number {
    return this.#end
  }

  /** The number of the oldest packet that is kept. */
  get start(): number {
    return Math.max(0, this.#end - this.bound)
  }

  append(batch: Batch): void {
    for (const packet of batch) this.#ring[this.#end++ % this.bound] = packet
  }

  at(number: number): Packet | undefined {
    return number >= this.start && number < this.#end ? this.#ring[number % this.bound] : undefined
  }

  /** From this number on, which is kept. */
  slice(from: number, most: number): Packet[] {
    const packets: Packet[] = []
    for (let number = from; number < from + most; number++) {
      const packet = this.at(number)
      if (!packet) break
      packets.push(packet)
    }
    return packets
  }
}
