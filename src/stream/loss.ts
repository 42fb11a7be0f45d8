// Packets that are lost next to each other, told by one gap record.

import { type Gap, gapOf, type Packet } from '../packet.ts'

export class Loss {
  #lost = 0
  /** The first and the last `seq` among the lost, where they have one. */
  #from: number | undefined
  #to: number | undefined

  get isEmpty(): boolean {
    return this.#lost === 0
  }

  /** A gap record among the lost is no loss of its own, for which it gives false: what it announces is announced again. */
  add({ meta }: Packet): boolean {
    const gap = gapOf(meta)
    const seq = meta['seq']
    const from = gap ? gap.from : typeof seq === 'number' ? seq : undefined
    const to = gap ? gap.to : from
    this.#lost += gap?.lost ?? 1
    if (from !== undefined) this.#from ??= from
    if (to !== undefined) this.#to = to
    return !gap
  }

  /** Packets that nobody has any more, before those that are added. */
  addUnseen(packets: number): void {
    this.#lost += packets
  }

  asGap(reason: string, stage: string): Gap {
    return {
      reason,
      stage,
      lost: this.#lost,
      ...(this.#from !== undefined && { from: this.#from }),
      ...(this.#to !== undefined && { to: this.#to }),
    }
  }
}
