// The last packet of each topic whose publisher wants it kept, within bounds.

import { Retained } from '../topic/retained.ts'
import { Run } from './run.ts'

const MOST_TOPICS = 100_000
const MOST_BYTES = 256 * 2 ** 20

export class RetainedRuns {
  readonly #retained = new Retained<Run>({ most: MOST_TOPICS })
  readonly #lengths = new Map<string, number>()
  #bytes = 0
  /** Packets for which there was no room. */
  refused = 0

  get size(): number {
    return this.#retained.size
  }

  get bytes(): number {
    return this.#bytes
  }

  set(topic: string, packet: Run): void {
    const before = this.#lengths.get(topic) ?? 0
    const grown = this.#bytes - before + packet.length
    // A copy: what is kept of one packet must not keep all that came with it.
    const own = new Run(packet.form, Buffer.from(packet.bytes), {
      start: 0,
      end: packet.length,
      packets: 1,
      expires: packet.expires,
    })
    if (grown > MOST_BYTES || !this.#retained.set(topic, own, packet.expires)) {
      this.refused++
      return
    }
    this.#bytes = grown
    this.#lengths.set(topic, packet.length)
  }

  delete(topic: string): void {
    if (!this.#retained.delete(topic)) return
    this.#bytes -= this.#lengths.get(topic) ?? 0
    this.#lengths.delete(topic)
  }

  matching(pattern: string, now: number): readonly Run[] {
    return this.#retained.matching(pattern, now).map(([, packet]) => packet)
  }

  expire(now: number): void {
    if (this.#retained.expire(now) === 0) return
    const left = new Map(this.#retained.matching('#', now).map(([topic, packet]) => [topic, packet.length]))
    this.#lengths.clear()
    this.#bytes = 0
    for (const [topic, length] of left) {
      this.#lengths.set(topic, length)
      this.#bytes += length
    }
  }
}
