// Packets that a subscriber misses, next to each other: counted exactly, announced where they are missing.

import { gapPacket } from '../packet.ts'
import { type Form, packetRun, type Run } from './run.ts'

export class Loss {
  readonly reason: string
  #lost = 0
  #first: Run | undefined
  #last: Run | undefined

  constructor(reason: string) {
    this.reason = reason
  }

  add(run: Run): void {
    this.#lost += run.packets
    this.#first ??= run
    this.#last = run
  }

  /** What was lost right after it. */
  merge(next: Loss): void {
    this.#lost += next.#lost
    this.#first ??= next.#first
    this.#last = next.#last ?? this.#last
  }

  /** The gap record, with the first and the last `seq` among the lost, where they have one. */
  asRun(form: Form): Run {
    const from = seqOf(this.#first, 'first')
    const to = seqOf(this.#last, 'last')
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
    return packetRun(form, gapPacket({ lost: this.#lost, reason: this.reason, stage: 'broker', ...range }), 0)
  }
}

function seqOf(run: Run | undefined, which: 'first' | 'last'): number | undefined {
  const one = which === 'first' || !run || run.packets === 1 ? run : run.without(run.packets - 1)
  const seq = one?.decoded(1)[0]?.meta['seq']
  return typeof seq === 'number' ? seq : undefined
}
